"""The project's sessions: what is checked, on which Python, with which versions."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import nox
from nox.command import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tools"))  # nox loads this file by its path, so its neighbours are not importable

import interpreters  # noqa: E402
import matrix  # noqa: E402

# A session runs on an interpreter that is here or is skipped; none is downloaded behind the user's back.
os.environ["UV_PYTHON_DOWNLOADS"] = "never"
nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "tests"]

JSFORCE = "jsforce@3.10.16"
NPM_SECONDS = 60
# What the whole suite runs beside: agent frameworks, real servers, a generator of Python programs.
FRAMEWORK_GROUPS = ("langchain", "langchain-agent", "llama-index", "codemod", "tenants")
CODEMOD = "tests/codemod"
AFTERWARDS = ("tests/test_zz_no_children.py", "tests/test_zz_no_secret_in_output.py")
MATRIX = matrix.read()
PACKAGES = matrix.packages()
INTERPRETERS = interpreters.find(MATRIX.pythons)
interpreters.put_first_on_path(INTERPRETERS.values())


@nox.session
def tests(session: nox.Session) -> None:
    """The whole suite on this Python; before it, each adapter's own tests on its oldest framework."""
    session.log(f"on Python {sys.version.split()[0]}; the full matrix is `nox -s compat`")
    rows = [] if session.posargs else [framework.oldest for framework in MATRIX.frameworks]
    failed = [row.name for row in rows if not oldest_passes(session, row)]
    install(session, "test", *FRAMEWORK_GROUPS)
    fetch_jsforce(session)
    if session.posargs:
        run_pytest(session, *session.posargs)
        return
    with beside(session, CODEMOD, *AFTERWARDS) as passes:
        run_pytest(session, f"--ignore={CODEMOD}")
        failed += [] if passes() else [CODEMOD]
    if failed:
        last_word.granted = False
        session.error(f"the suite passed, but a part of its own did not: {', '.join(failed)}")


@nox.session
@nox.parametrize(
    ("python", "version", "row"),
    [
        # Without its interpreter a session gets no environment (False), so that it can say so itself.
        nox.param(version if version in INTERPRETERS else False, version, row, id=f"{row.name}-py{version}")
        for framework in MATRIX.frameworks
        for row in framework.rows
        for version in row.python
    ],
)
def compat(session: nox.Session, version: str, row: matrix.Row) -> None:
    """One framework version on one Python: every row of compat.toml."""
    if version not in INTERPRETERS:
        pythons_missing[version] = None
        session.skip(f"Python {version} is not on this machine")
    try:
        install_row(session, row)
    except CommandFailed:
        if version in MATRIX.preview:
            session.skip(f"{row.requirement} does not install on Python {version} yet")
        raise
    pythons_run[version] = None
    session.run("pytest", *row.framework.tests, *session.posargs)


@nox.session
def uneditable(session: nox.Session) -> None:
    """Run `orgkey run` on the workers and agent tools of others, unmodified."""
    install(session, "test", "uneditable")
    session.run("pytest", "tests/simple_salesforce/test_run.py", *session.posargs)


@nox.session
def upstream(session: nox.Session) -> None:
    """Run simple-salesforce's own tests with the drop-in in its place: `nox -s upstream -- FOLDER`, its checkout."""
    checkout = session.posargs[0] if session.posargs else os.environ.get("SIMPLE_SALESFORCE_CHECKOUT")
    if not checkout:
        session.skip("name a checkout of simple-salesforce's repository: -- FOLDER, or SIMPLE_SALESFORCE_CHECKOUT")
    packages = (ROOT / "shared_auth", ROOT / "packages" / "orgkey-simple-salesforce")
    install(session, packages=packages, pins=("pytest", "pytz", "responses"))
    session.run("python", "tools/upstream_suite.py", checkout)


@nox.session
def demo(session: nox.Session) -> None:
    """Start a local Salesforce and run the main job on it; ends by itself."""
    install(session, "langchain-agent")
    session.run("python", "examples/demo", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and common mistakes."""
    install(session, "lint", packages=())
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Strict types in every package and in what runs the project."""
    install(session, "types", "release", "langchain-agent")
    sources = [str((package / "src").relative_to(ROOT)) for package in PACKAGES]
    session.run("mypy", "dev.py", "noxfile.py", "tools", "examples", *sources)


@nox.session
def dist(session: nox.Session) -> None:
    """Build every package, install the wheels in a bare environment outside the checkout, run the demo there."""
    install(session, "build", packages=())
    built = ROOT / "dist"
    shutil.rmtree(built, ignore_errors=True)
    build_constraints = f"--build-constraints={matrix.DEV_CONSTRAINTS}"
    for package in PACKAGES:
        session.run("uv", "build", "--quiet", build_constraints, f"--out-dir={built}", str(package))
    session.run("twine", "check", "--strict", *map(str, sorted(built.glob("orgkey*"))))
    session.run("python", "tools/try_wheels.py", str(built))


@nox.session
def fuzz(session: nox.Session) -> None:
    """Look for new examples that break a property; the suite tries the same ones each time."""
    install(session, "test", *FRAMEWORK_GROUPS)
    session.run("pytest", "-m", "hypothesis", *session.posargs, env={"HYPOTHESIS_PROFILE": "explore"})


@nox.session
def bench(session: nox.Session) -> None:
    """Every figure beside its peers, in one run: a table, JSON and a plot in benchmarks/."""
    install(session, "bench", "test", "langchain", "llama-index", "tenants")
    session.run("python", "benchmarks/run.py", *session.posargs)


@nox.session
def mutations(session: nox.Session) -> None:
    """Remove each safeguard in turn and see the test that is named for it fail."""
    install(session, "test", *FRAMEWORK_GROUPS)
    session.run("python", "tools/mutate.py", *session.posargs)


@nox.session
def chaos(session: nox.Session) -> None:
    """Kill and stop eight processes at random for a minute, on real servers; the suite does ten seconds."""
    install(session, "test", "tenants")
    session.run("pytest", "-q", "-s", "tests/tenants/test_chaos.py", *session.posargs, env={"CHAOS_SECONDS": "60"})


@nox.session
def refresh_matrix(session: nox.Session) -> None:
    """Ask the package index for newer versions; rewrites compat.toml and constraints/."""
    install(session, "release", packages=())
    session.run("python", "tools/refresh_matrix.py")


def install(
    session: nox.Session,
    *groups: str,
    packages: tuple[Path, ...] = PACKAGES,
    constraints: Path = matrix.DEV_CONSTRAINTS,
    pins: tuple[str, ...] = (),
) -> None:
    """Install the packages from this checkout, with their extras and the named dependency groups.

    Versions come from the constraints file. A failure ends the session, so nothing runs in half an environment.
    """
    requirements = [f"--group={group}" for group in groups]
    requirements += [part for package in packages for part in ("--editable", with_extras(package))]
    build_constraints = f"--build-constraints={matrix.DEV_CONSTRAINTS}"
    session.install(f"--constraints={constraints}", build_constraints, *requirements, *pins)


def install_row(session: nox.Session, row: matrix.Row) -> None:
    """Install the packages that a row of the matrix is about, beside that version of its framework."""
    install(session, *row.groups, packages=row.packages, constraints=row.constraints, pins=(row.requirement,))


def with_extras(package: Path) -> str:
    """Return the requirement for a package of this checkout with all its extras."""
    path = package.relative_to(ROOT).as_posix()
    extras = matrix.extras(package)
    return f"./{path}[{','.join(extras)}]" if extras else f"./{path}"


def oldest_passes(session: nox.Session, row: matrix.Row) -> bool:
    """Run an adapter's own tests on the oldest version of its framework."""
    install_row(session, row)
    try:
        session.run("pytest", *row.framework.quick)
    except CommandFailed:
        return False
    return True


def fetch_jsforce(session: nox.Session) -> None:
    """Fetch jsforce, a client that the local Salesforce is tried with. Without npm its tests are skipped and say so."""
    folder, npm = session.cache_dir / "jsforce", shutil.which("npm")
    if npm and not (folder / "node_modules" / "jsforce" / "package.json").exists():
        session.log(f"npm install {JSFORCE}")
        options = ("--no-save", "--no-audit", "--no-fund", "--silent", f"--prefix={folder}")
        # A registry out of reach is no failure of ours, and npm by itself would ask it again for many minutes.
        once = ("--fetch-retries=0", f"--fetch-timeout={NPM_SECONDS}000")
        with suppress(subprocess.TimeoutExpired):
            subprocess.run([npm, "install", *options, *once, JSFORCE], cwd=ROOT, timeout=NPM_SECONDS, check=False)
    session.env["NODE_PATH"] = str(folder / "node_modules")


@contextmanager
def beside(session: nox.Session, *tests: str) -> Iterator[Callable[[], bool]]:
    """Run a part of the suite in a process of its own, on another core; yields what tells whether it passed.

    It is told of in one line when it ends. Where it fails, all that it printed is shown below the rest of the suite.
    """
    command = [str(Path(session.bin) / "python"), "-m", "pytest", "-pno:cacheprovider", *tests]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)

        def tell() -> None:
            process.wait()
            said.seek(0)
            print(f"\n{tests[0]}, beside the rest: {said.read().strip().splitlines()[-1]}", flush=True)

        telling = threading.Thread(target=tell)
        telling.start()
        try:
            yield lambda: process.wait() == 0
        except BaseException:
            process.terminate()
            raise
        finally:
            telling.join()
            if process.returncode:
                said.seek(0)
                print(said.read(), flush=True)


def run_pytest(session: nox.Session, *arguments: str) -> None:
    """Run pytest and leave it the last word, passed or failed; nox's exit code says the same."""
    session.log(f"pytest {' '.join(arguments)}")
    last_word.grant()
    session.run("pytest", *arguments, log=False)


class LastWord(logging.Filter):
    """Drops what nox adds below pytest's closing line, until nox starts another session or sums up."""

    granted = False

    def grant(self) -> None:
        """Let pytest speak last from here on."""
        for handler in logging.getLogger().handlers:
            handler.addFilter(self)
        self.granted = True

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is printed."""
        if record.levelname == "SESSION_INFO":
            self.granted = False
        return not self.granted


last_word = LastWord()
pythons_run: dict[str, None] = {}
pythons_missing: dict[str, None] = {}


@atexit.register
def list_pythons() -> None:
    """End a run of the matrix with the Pythons it ran on and those that are not here."""
    if pythons_run or pythons_missing:
        ran, missing = (", ".join(versions) or "none" for versions in (pythons_run, pythons_missing))
        print(f"Pythons that ran: {ran}. Missing on this machine: {missing}.", flush=True)
