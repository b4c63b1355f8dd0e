"""``orgkey run``: programs that nobody edits, in all the ways that programs are started."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
import urllib.request
import venv
from contextlib import suppress
from importlib import metadata

import pytest

# Each test starts two to five Pythons that import simple_salesforce; on a busy machine that takes a while.
pytestmark = pytest.mark.timeout(200)

LEGACY = """
from simple_salesforce import Salesforce as SF

def main():
    sf = SF(username="agent@acme.example", password="never-sent", security_token="nor-this")
    print(sf.auth_type, sf.query("SELECT Id FROM Contact")["totalSize"])

if __name__ == "__main__":
    main()
"""

LOGGED_IN = "jwt-bearer 30"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "legacy.py").write_text(LEGACY)
    return tmp_path


@pytest.fixture
def orgkey_run(folder):
    """Run ``orgkey run`` with these arguments."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONWARNINGS": "ignore::UserWarning", **variables}
        command = [sys.executable, "-m", "orgkey", "run", *arguments]
        return subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, text=True, timeout=150, check=False
        )

    return run


def printed(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def needs(package: str) -> pytest.MarkDecorator:
    """Skip the test, visibly, where a package is not installed."""
    installed = any(metadata.distributions(name=package))
    return pytest.mark.skipif(not installed, reason=f"{package} is not installed")


def test_a_call_that_carries_a_password_is_found_as_the_guide_says(configured, orgkey_run):
    done = orgkey_run("--", sys.executable, "-W", "error:password", "legacy.py")
    assert done.returncode == 1
    assert 'line 5, in main\n    sf = SF(username="agent@acme.example", password=' in done.stderr
    assert "PasswordIgnoredWarning" in done.stderr


# --- every way to start a program -------------------------------------------------------------------------------------


def test_a_script(configured, orgkey_run):
    assert printed(orgkey_run("--", sys.executable, "legacy.py")) == LOGGED_IN
    assert configured.org.count(endpoint="soap_login") == 0


def test_the_password_is_ignored_with_a_warning_that_names_the_line(configured, orgkey_run):
    done = orgkey_run("--", sys.executable, "legacy.py", PYTHONWARNINGS="")
    assert "legacy.py>:5: PasswordIgnoredWarning" in done.stderr
    assert "never-sent" not in done.stderr  # as Python's own warnings would have it, which print the line itself


def test_a_module(configured, orgkey_run):
    assert printed(orgkey_run("--", sys.executable, "-m", "legacy")) == LOGGED_IN


def test_a_console_script(configured, orgkey_run, folder):
    script = folder / "bin" / "acme-agent"
    script.parent.mkdir()
    script.write_text(
        f"#!{sys.executable}\nimport sys; sys.path.insert(0, {str(folder)!r})\nimport legacy; legacy.main()\n"
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    path = os.pathsep.join([str(script.parent), os.environ["PATH"]])
    assert printed(orgkey_run("--", "acme-agent", PATH=path)) == LOGGED_IN


CHILDREN = """
import multiprocessing, os, subprocess, sys

def run(process):
    process.start()
    process.join()

if __name__ == "__main__":
    subprocess.run([sys.executable, "legacy.py"], check=True)
    child = os.fork()
    if not child:
        import legacy  # for the first time, in the child
        legacy.main()
        sys.stdout.flush()
        os._exit(0)
    os.waitpid(child, 0)
    import legacy
    run(multiprocessing.get_context("spawn").Process(target=legacy.main))
    run(multiprocessing.get_context("fork").Process(target=legacy.main))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_pythons_that_the_program_starts_and_forks(configured, orgkey_run, folder):
    (folder / "parent.py").write_text(CHILDREN)
    assert printed(orgkey_run("--", sys.executable, "parent.py")).split("\n") == [LOGGED_IN] * 4


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@needs("gunicorn")
def test_a_gunicorn_worker(configured, folder):
    (folder / "web.py").write_text(
        textwrap.dedent("""
        from simple_salesforce import Salesforce
        def app(environ, start_response):
            sf = Salesforce("agent@acme.example", "never-sent", "nor-this")
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [sf.auth_type.encode()]
        """)
    )
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "orgkey", "run", "--", sys.executable, "-m", "gunicorn", "-b", address, "web:app"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as server:
        try:
            assert fetch(f"http://{address}/") == "jwt-bearer"
        finally:
            server.terminate()


def fetch(url: str) -> str:
    for _ in range(100):
        with suppress(OSError), urllib.request.urlopen(url, timeout=10) as answer:  # a literal above
            return str(answer.read().decode())
        time.sleep(0.1)
    raise TimeoutError(url)


@needs("celery")
def test_a_celery_worker(configured, folder):
    (folder / "tasks.py").write_text(
        textwrap.dedent("""
        from celery import Celery
        from simple_salesforce import Salesforce
        app = Celery(broker="filesystem://", backend="file://results")
        places = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"}
        app.conf.broker_transport_options = places
        @app.task
        def log_in():
            return Salesforce("agent@acme.example", "never-sent", "nor-this").auth_type
        """)
    )
    for name in ("queue", "control", "results"):
        (folder / name).mkdir()
    worker = [sys.executable, "-m", "celery", "-A", "tasks", "worker", "--pool", "prefork", "-c", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "orgkey", "run", "--", *worker],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as server:  # fmt: skip
        try:
            caller = "import tasks; print(tasks.log_in.delay().get(timeout=40))"
            done = subprocess.run(
                [sys.executable, "-c", caller], cwd=folder, capture_output=True, text=True, check=True
            )
            assert done.stdout.strip() == "jwt-bearer"
        finally:
            server.terminate()


# --- unmodified agent tools -------------------------------------------------------------------------------------------


@needs("langchain-salesforce")
def test_the_unmodified_langchain_tool(configured, orgkey_run):
    program = (
        "from langchain_salesforce import SalesforceTool; "
        "tool = SalesforceTool('agent@acme.example', 'never-sent', 'nor-this');"
        "print(tool.run({'operation': 'query', 'query': 'SELECT Id FROM Contact'})['totalSize'])"
    )
    assert printed(orgkey_run("--", sys.executable, "-c", program)) == "30"
    assert configured.org.count(endpoint="soap_login") == 0


@needs("llama-index-tools-salesforce")
def test_the_unmodified_llama_index_tool(configured, orgkey_run):
    program = (
        "from llama_index.tools.salesforce import SalesforceToolSpec; "
        "tool = SalesforceToolSpec(username='agent@acme.example', password='never-sent', security_token='nor-this');"
        "print(tool.execute_soql('SELECT Id FROM Contact')['totalSize'])"
    )
    assert printed(orgkey_run("--", sys.executable, "-c", program)) == "30"
    assert configured.org.count(endpoint="soap_login") == 0


# --- what it keeps out of ---------------------------------------------------------------------------------------------


def test_without_credentials_the_program_does_not_start(orgkey_run, folder):
    done = orgkey_run("--", sys.executable, "-c", "open('started', 'w')")
    assert done.returncode == 2
    assert "SALESFORCE_CLIENT_ID" in done.stderr
    assert not (folder / "started").exists()


def test_the_programs_exit_code_and_output_are_its_own(configured, orgkey_run):
    done = orgkey_run(
        "--", sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")


def test_a_program_that_is_not_there(configured, orgkey_run):
    done = orgkey_run("--", "no-such-program")
    assert (done.returncode, done.stderr) == (
        127,
        "orgkey run: there is no program 'no-such-program'. Is it in PATH?\n",
    )


def test_a_program_that_may_not_be_executed(configured, orgkey_run, folder):
    (folder / "script.py").write_text("print('ran')")
    done = orgkey_run("--", "./script.py")
    assert (done.returncode, done.stdout) == (126, "")
    assert done.stderr == "orgkey run: './script.py' may not be executed. Try: python ./script.py\n"


def test_a_report_that_cannot_be_written_is_told_before_the_program_starts(orgkey_run, folder):
    done = orgkey_run("--observe", "--report", "nowhere/x.json", "--", sys.executable, "-c", "print('ran')")
    assert done.returncode == 2
    assert "nowhere/x.json cannot be written: No such file or directory" in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_a_report_of_nothing_is_refused(configured, orgkey_run):
    done = orgkey_run("--report", "x.json", "--", sys.executable, "legacy.py")
    assert done.returncode == 2
    assert "--observe" in done.stderr


def test_a_program_that_never_touches_salesforce_loads_nothing_of_ours(configured, orgkey_run):
    program = (
        "import sys; print(sorted(name for name in sys.modules if name.partition('.')[0] in {'orgkey', 'requests'}))"
    )
    assert printed(orgkey_run("--", sys.executable, "-c", program)) == "[]"


def test_another_sitecustomize_is_run_as_before(configured, orgkey_run, folder):
    (folder / "sitecustomize.py").write_text("import builtins; builtins.customized = __name__")
    done = orgkey_run(
        "--", sys.executable, "-c", "print(customized); import legacy; legacy.main()", PYTHONPATH=str(folder)
    )
    assert printed(done).split("\n") == ["sitecustomize", LOGGED_IN]


def test_the_loader_of_simple_salesforce_is_what_it_was(configured, orgkey_run):
    program = (
        "import importlib.util as u, pkgutil; found = u.find_spec('simple_salesforce'); import simple_salesforce as s;"
        "print(type(s.__loader__).__name__, s.__file__ == found.origin, bool(pkgutil.get_data(s.__name__, 'metadata.wsdl')))"
    )
    assert printed(orgkey_run("--", sys.executable, "-c", program)) == "SourceFileLoader True True"


def test_this_packages_own_name_may_be_imported_first(configured, orgkey_run):
    program = "from orgkey_simple_salesforce.errors import LoginFailed; import legacy; legacy.main()"
    assert printed(orgkey_run("--", sys.executable, "-c", program)) == LOGGED_IN


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory):
    """A Python that has simple_salesforce and not this package."""
    place = tmp_path_factory.mktemp("bare")
    venv.create(place, with_pip=False, symlinks=True)
    (site,) = place.glob("lib/python*/site-packages")
    (site / "simple_salesforce.py").write_text("def Salesforce(*_):\n    print('password sent')\n")
    return str(place / "bin" / "python")


CALL = "import simple_salesforce; simple_salesforce.Salesforce('u', 'p', 't')"


@pytest.mark.skipif(sys.platform == "win32", reason="a virtual environment of symbolic links")
def test_a_python_without_this_package_sends_no_password_unseen(configured, orgkey_run, bare_python):
    done = orgkey_run("--", bare_python, "-c", CALL)
    assert done.returncode == 1
    assert "password sent" not in done.stdout
    assert f"{bare_python} -m pip install orgkey-simple-salesforce" in done.stderr
    assert printed(orgkey_run("--", bare_python, "-c", "print(1)")) == "1"


# --- observe ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def password_org(world, org, monkeypatch):
    """An org that still lets passwords in, behind Salesforce's own host names."""
    org.policies.soap_login = True
    monkeypatch.setenv("HTTPS_PROXY", world.proxy_url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", world.ca_file)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return org


def test_observe_changes_nothing_and_reports_each_place(password_org, orgkey_run, folder, canary):
    password = canary("password")
    password_org.create_user("old@acme.example", password=password, security_token="token")
    given = folder / "given"
    given.mkdir()
    (given / "old.py").write_text(
        textwrap.dedent(f"""
        from simple_salesforce import Salesforce, SalesforceLogin
        for _ in range(2):
            sf = Salesforce("old@acme.example", "{password}", "token")
        print(sf.query("SELECT Id FROM Contact")["totalSize"], type(sf).__module__)
        SalesforceLogin(username="old@acme.example", password="{password}", organizationId="x", security_token="token")
        Salesforce(session_id=sf.session_id, instance=sf.sf_instance)
        """)
    )
    done = orgkey_run("--observe", "--report", "report.json", "--", sys.executable, "given/old.py")
    assert printed(done) == "30 simple_salesforce.api"
    assert password_org.count(endpoint="soap_login") == 3
    file = str(given / "old.py")
    assert json.loads((folder / "report.json").read_text()) == {
        "format": 1,
        "logins": [
            {"file": file, "line": 4, "call": "Salesforce", "shape": "SOAP_SECURITY_TOKEN", "count": 2},
            {"file": file, "line": 6, "call": "SalesforceLogin", "shape": "SOAP_SECURITY_TOKEN", "count": 1},
        ],
        "unobserved": [],
    }
    assert f"{file}:4  Salesforce, SOAP_SECURITY_TOKEN, 2 times" in done.stderr
    assert password not in done.stderr


def test_observe_needs_no_credentials_and_sees_logins_that_fail(password_org, orgkey_run):
    done = orgkey_run("--observe", "--", sys.executable, "legacy.py")
    assert done.returncode == 1
    assert "SalesforceAuthenticationFailed" in done.stderr
    assert "1 password login observed" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a virtual environment of symbolic links")
def test_observe_says_which_python_it_could_not_see(orgkey_run, bare_python):
    done = orgkey_run("--observe", "--", bare_python, "-c", CALL)
    assert printed(done) == "password sent"
    assert f"not observed: {bare_python}" in done.stderr


def test_observe_sees_a_process_that_is_killed(password_org, orgkey_run):
    program = "import os, legacy\ntry:\n  legacy.main()\nfinally:\n  os.kill(os.getpid(), 9)"
    done = orgkey_run("--observe", "--", sys.executable, "-c", program)
    assert done.returncode == 128 + 9
    assert "1 password login observed" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_observe_hands_signals_on_and_still_reports(folder):
    program = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(3)); print('up', flush=True); time.sleep(40)"
    )
    command = [sys.executable, "-m", "orgkey", "run", "--observe", "--", sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == "up\n"
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 3
        assert "0 password logins observed." in running.stderr.read()
