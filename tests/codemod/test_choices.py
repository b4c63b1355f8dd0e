"""What a person leaves out of a run stays, and so does everything that it uses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from trees import lay_out

from orgkey_codemod import cli

FILES: Final = {
    "settings.py": 'import os\n\nSF_PASSWORD = os.environ["ACME_SF_PASSWORD"]\nSF_TOKEN = os.environ["ACME_SF_TOKEN"]\n',
    "client.py": (
        "from simple_salesforce import Salesforce\n\nfrom settings import SF_PASSWORD, SF_TOKEN\n\n\n"
        "def client(user):\n"
        "    return Salesforce(username=user, password=SF_PASSWORD, security_token=SF_TOKEN)\n"
    ),
    ".env.example": "ACME_SF_PASSWORD=\nACME_SF_TOKEN=\nACME_PORT=8080\n",
    "requirements.txt": "simple-salesforce==1.12.9\n",
}
ALL: Final = {*FILES}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return lay_out(tmp_path, FILES)


@pytest.fixture
def fix(tree: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., set[str]]:
    def call(*words: str, paths: tuple[str, ...] = ("",)) -> set[str]:
        code = cli.main(
            ["fix", "--unsafe", "--tests", "--format", "json", *words, *(str(tree / path) for path in paths)]
        )
        assert code in {0, 1}, capsys.readouterr().err
        assert json.loads(capsys.readouterr().out)["failures"] == []
        return {name for name, text in FILES.items() if (tree / name).read_text() != text}

    return call


def test_without_a_choice_all_of_it_goes(fix: Callable[..., set[str]]) -> None:
    assert fix() == ALL


@pytest.mark.parametrize("words", [["--ignore", "SFA101"], ["--ignore", "SFA1"], ["--select", "SFA5,SFA6,SFA7"]])
def test_what_a_login_that_is_not_chosen_uses_stays(words: list[str], fix: Callable[..., set[str]]) -> None:
    assert fix(*words) == set()


def test_what_follows_from_a_login_that_is_not_chosen_is_told_all_the_same(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", "--select", "SFA601", str(tree)]) == 1
    told = capsys.readouterr().out
    assert "ACME_SF_PASSWORD" in told
    assert "next:" not in told, "there is nothing that a fix with these words would do"


def test_what_a_login_that_a_comment_excuses_uses_stays(tree: Path, fix: Callable[..., set[str]]) -> None:
    text = FILES["client.py"].replace("SF_TOKEN)\n", "SF_TOKEN)  # orgkey: ignore[SFA101] the sandbox has no key yet\n")
    (tree / "client.py").write_text(text)
    assert fix() == {"client.py"}
    assert (tree / "client.py").read_text() == text


def test_a_variable_that_a_name_still_reads_stays_in_the_example(fix: Callable[..., set[str]]) -> None:
    assert fix("--ignore", "SFA5") == {"client.py", "requirements.txt"}


@pytest.mark.parametrize(
    ("words", "paths", "changed"),
    [
        (["--exclude", "client.py"], ("",), set()),
        (["--include", "settings.py"], ("",), set()),
        ([], ("settings.py",), set()),
        (["--exclude", "settings.py"], ("",), {"client.py", "requirements.txt"}),
        ([], ("client.py",), {"client.py"}),
    ],
)
def test_what_a_file_that_is_not_asked_for_uses_stays(
    words: list[str], paths: tuple[str, ...], changed: set[str], fix: Callable[..., set[str]]
) -> None:
    assert fix(*words, paths=paths) == changed
