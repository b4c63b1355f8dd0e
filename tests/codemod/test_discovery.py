"""Which files a run looks at, and what it makes of those that are no code, too large, unreadable or in the way."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from orgkey_codemod import cli, discovery, write

LOGIN = """\
import os

from simple_salesforce import Salesforce

sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
"""


def put(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def found(folder: Path) -> set[str]:
    return {str(path) for path in discovery.discover(folder).files}


def failures(folder: Path) -> dict[str, str]:
    return {str(each.path): each.message for each in discovery.discover(folder).failures}


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.email=a@example.com", "-c", "user.name=A")
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


# --- what is looked at ------------------------------------------------------------------------------------------------


def test_only_files_that_speak_of_salesforce_are_kept(tmp_path):
    put(tmp_path, {"app.py": LOGIN, "other.py": "print('hello')\n"})
    run = discovery.discover(tmp_path)
    assert set(run.files) == {PurePosixPath("app.py")}
    assert run.scanned == 2


def test_a_module_that_a_login_imports_is_looked_at_too(tmp_path):
    put(tmp_path, {"app.py": "from conf.keys import PW\n" + LOGIN, "conf/keys.py": "PW = 1\n", "keys.py": "PW = 2\n"})
    assert found(tmp_path) == {"app.py", "conf/keys.py"}


def test_a_module_that_imports_a_login_and_names_a_password_is_looked_at_too(tmp_path):
    files = {"crm/app.py": LOGIN, "use.py": "from crm.app import sf\npassword = 1\n", "no.py": "password = 1\n"}
    put(tmp_path, files)
    assert found(tmp_path) == {"crm/app.py", "use.py"}


def test_settings_that_name_a_variable_of_a_login_are_looked_at_too(tmp_path):
    code = LOGIN.replace("SF_PASSWORD", "CRM_PASSWORD")
    put(tmp_path, {"app.py": code, ".env.example": "CRM_PASSWORD=\n", "b.yml": "PASSWORD: x\n"})
    assert found(tmp_path) == {"app.py", ".env.example"}


@pytest.mark.parametrize("folder", ["node_modules", ".venv", "lib/site-packages", ".git", ".tox"])
def test_what_tools_put_there_is_passed_over(tmp_path, folder):
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "app.py").write_text(LOGIN)
    assert found(tmp_path) == set()


def test_a_virtual_environment_of_any_name_is_passed_over(tmp_path):
    put(tmp_path, {"env311/pyvenv.cfg": "home = /usr\n", "env311/bin/app.py": LOGIN})
    assert found(tmp_path) == set()


def test_what_git_ignores_is_passed_over_but_for_its_dotenv(tmp_path):
    put(tmp_path, {"app.py": LOGIN, "build/app.py": LOGIN, ".env": "SF_PASSWORD=x\n"})
    (tmp_path / ".gitignore").write_text("build/\n.env\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    run = discovery.discover(tmp_path)
    assert {str(path) for path in run.files} == {"app.py", ".env"}
    assert {str(path) for path in run.untracked} == {".env"}


# --- bad input: named, skipped, counted, and nothing else lost --------------------------------------------------------


def check(folder: Path, capsys) -> tuple[int, str]:
    code = cli.main(["check", str(folder)])
    return code, capsys.readouterr().out


def test_an_ignored_folder_that_is_named_itself_is_searched(tmp_path: Path) -> None:
    put(tmp_path, {"app.py": LOGIN, "build/app.py": LOGIN, "build/deep/app.py": LOGIN, ".gitignore": "build/\n"})
    git(tmp_path, "init", "-q")
    assert found(tmp_path) == {"app.py"}
    run = discovery.discover(tmp_path / "build")
    assert {str(path) for path in run.files} == {"app.py", "deep/app.py"}
    assert run.untracked == frozenset(run.files), "git cannot bring them back"


def test_a_huge_file_is_named_and_not_kept(tmp_path, capsys):
    put(tmp_path, {"app.py": LOGIN})
    with (tmp_path / "huge.py").open("wb") as file:
        file.write(LOGIN.encode())
        file.truncate(100_000_000)
    code, output = check(tmp_path, capsys)
    assert code == 3
    assert "huge.py: failed: has 100 MB" in output
    assert "app.py:5:" in output
    assert sum(map(len, discovery.discover(tmp_path).files.values())) < 1000


def test_a_huge_file_about_something_else_is_nobodys_business(tmp_path):
    with (tmp_path / "data.json").open("wb") as file:
        file.truncate(20_000_000)
    assert failures(tmp_path) == {}


def test_binary_bytes_behind_a_code_name_are_named(tmp_path, capsys):
    noise = random.Random(7).randbytes(4000)
    put(tmp_path, {"app.py": LOGIN, "noise.py": LOGIN.encode() + b"\0" + noise})
    code, output = check(tmp_path, capsys)
    assert code == 3
    assert "noise.py" in output
    assert "app.py:5:" in output


def test_invalid_utf8_is_named_with_its_line_and_left_alone(tmp_path, capsys):
    bad = LOGIN.encode() + b"title = '\xff\xfe'\n"
    put(tmp_path, {"app.py": LOGIN, "bad.py": bad})
    assert cli.main(["fix", str(tmp_path)]) == 3
    assert "bad.py:6" in capsys.readouterr().out
    assert (tmp_path / "bad.py").read_bytes() == bad
    assert b"orgkey_simple_salesforce" in (tmp_path / "app.py").read_bytes()


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
@pytest.mark.parametrize("name", [".env", "salesforce.ini", "requirements.txt"])
def test_settings_in_another_encoding_are_named(name, encoding, tmp_path, capsys):
    settings = "# für alle\nSF_PASSWORD=Tr0ub4dor-and-3\nsimple-salesforce\n".encode(encoding)
    put(tmp_path, {"app.py": LOGIN, name: settings})
    assert cli.main(["fix", str(tmp_path)]) == 3, "nobody knows what stands there"
    wrong = (
        "is in UTF-16, which cannot be edited byte by byte: save it as UTF-8" if encoding == "utf-16" else "has bytes"
    )
    assert f"{name}:1:1: failed: {wrong}" in capsys.readouterr().out
    assert (tmp_path / name).read_bytes() == settings


def test_settings_in_utf_16_about_something_else_are_nobodys_business(tmp_path):
    put(tmp_path, {"app.py": LOGIN, "words.ini": "password=Tr0ub4dor-and-3\n".encode("utf-16")})
    assert found(tmp_path) == {"app.py"}
    assert failures(tmp_path) == {}


def test_a_script_in_utf_16_reads_a_variable_all_the_same(tmp_path, capsys):
    script = "sfdx login --password $env:SF_PASSWORD\n".encode("utf-16")
    put(tmp_path, {"app.py": LOGIN, ".env": "SF_PASSWORD=\n", "deploy.ps1": script})
    code, output = check(tmp_path, capsys)
    assert code == 3
    assert "deploy.ps1:1:1: failed: is in UTF-16" in output
    assert ".env:1:1: SFA601 review:" in output


def test_a_symbolic_link_that_leads_to_itself_is_named(tmp_path, capsys):
    put(tmp_path, {"app.py": LOGIN})
    (tmp_path / "loop.py").symlink_to("loop.py")
    code, output = check(tmp_path, capsys)
    assert code == 3
    assert "loop.py: failed: is a symbolic link that leads back to itself" in output
    assert "app.py:5:" in output


def test_a_link_to_a_folder_above_it_is_not_followed(tmp_path):
    put(tmp_path, {"inner/app.py": LOGIN})
    (tmp_path / "inner" / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "copy.py").symlink_to("inner/app.py")
    assert found(tmp_path) == {"inner/app.py"}


def test_a_folder_and_a_file_that_cannot_be_read_are_named(tmp_path, monkeypatch):
    put(tmp_path, {"app.py": LOGIN, "closed/app.py": LOGIN, "secret.py": LOGIN})
    scandir, opened = os.scandir, open

    # permissions would not do: tests may run as root, whom nothing stops
    def no_entry(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    def no_reading(path, *arguments, **options):
        if str(path).endswith("secret.py"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(os, "scandir", no_entry)
    monkeypatch.setattr("builtins.open", no_reading)
    assert found(tmp_path) == {"app.py"}
    assert failures(tmp_path) == {
        "closed": "cannot be listed: Permission denied",
        "secret.py": "cannot be read: Permission denied",
    }


def close(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody enter a folder, root included."""

    def guarded(act):
        def guard(path, *arguments, **options):
            if not isinstance(path, int) and Path(path).is_relative_to(folder) and (act is scandir or path != folder):
                raise PermissionError(13, "Permission denied")
            return act(path, *arguments, **options)

        return guard

    scandir = os.scandir
    for name in ("stat", "scandir"):
        monkeypatch.setattr(os, name, guarded(getattr(os, name)))


def test_a_named_folder_that_cannot_be_entered_is_named(tmp_path, monkeypatch, capsys):
    put(tmp_path, {"closed/app.py": LOGIN, "pyproject.toml": "[tool.orgkey-migrate]\n"})
    close(tmp_path / "closed", monkeypatch)
    code, output = check(tmp_path / "closed", capsys)
    assert code == 3, "nobody knows whether findings remain"
    assert ".: failed: cannot be listed: Permission denied\n" in output


def test_a_named_file_that_cannot_be_reached_is_named(tmp_path, monkeypatch, capsys):
    put(tmp_path, {"closed/app.py": LOGIN})
    close(tmp_path / "closed", monkeypatch)
    assert cli.main(["check", str(tmp_path / "closed" / "app.py")]) == 3
    said = capsys.readouterr()
    assert "app.py cannot be looked at: Permission denied. Run as a user who may enter it\n" in said.err
    assert not said.out


def test_settings_that_cannot_be_read_are_named(tmp_path, monkeypatch, capsys):
    put(tmp_path, {"app.py": LOGIN, "pyproject.toml": "[tool.orgkey-migrate]\n"})
    read = Path.read_bytes

    def no_reading(path):
        if path.name == "pyproject.toml":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", no_reading)
    assert cli.main(["check", str(tmp_path)]) == 2
    assert "pyproject.toml cannot be read: Permission denied\n" in capsys.readouterr().err


def test_a_file_that_somebody_changes_during_the_run_is_not_overwritten(tmp_path):
    put(tmp_path, {"app.py": LOGIN, "other.py": LOGIN})
    paths = [PurePosixPath("app.py"), PurePosixPath("other.py")]
    before = dict.fromkeys(paths, LOGIN.encode())
    (tmp_path / "app.py").write_text("changed\n")
    failed = write.write(tmp_path, before, dict.fromkeys(paths, b"rewritten\n"))
    assert [str(each.path) for each in failed] == ["app.py"]
    assert (tmp_path / "app.py").read_text() == "changed\n"
    assert (tmp_path / "other.py").read_text() == "rewritten\n"


def test_mode_bits_stay_and_no_half_file_is_left(tmp_path):
    put(tmp_path, {"app.py": LOGIN})
    (tmp_path / "app.py").chmod(0o755)
    assert cli.main(["fix", str(tmp_path)]) == 0
    assert (tmp_path / "app.py").stat().st_mode & 0o777 == 0o755
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_a_single_file_is_judged_by_its_neighbours(tmp_path, capsys):
    code = 'from simple_salesforce import Salesforce\n\nPW = read()\nsf = Salesforce("ann", PW, "")\n'
    put(tmp_path, {"app.py": code, "user.py": "from app import PW as password\n"})
    cli.main(["fix", str(tmp_path / "app.py")])
    assert "user.py" not in capsys.readouterr().out
    assert "PW = read()" in (tmp_path / "app.py").read_text()


def test_a_finding_whose_fix_reaches_beyond_the_named_file_is_told_and_not_fixed(tmp_path, capsys):
    files = {
        "crm.py": "from simple_salesforce import Salesforce\n",
        "app.py": LOGIN.replace("simple_salesforce", "crm"),
    }
    put(tmp_path, files)
    assert cli.main(["fix", str(tmp_path / "app.py")]) == 1
    assert "app.py:5:6: SFA101 safe" in capsys.readouterr().out
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == files
