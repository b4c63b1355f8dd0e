"""A password that a person gives is never taken away: one key would let one user act for everybody."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from orgkey_codemod import cli


def verdict(folder: Path, capsys: pytest.CaptureFixture[str], code: str, **others: str) -> tuple[str, str | None]:
    (folder / "app.py").write_text("from simple_salesforce import Salesforce\n" + textwrap.dedent(code))
    for name, text in others.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
    cli.main(["check", "--format", "json", "--select", "SFA1", str(folder)])
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    return finding["level"], finding["reason"]


@pytest.mark.parametrize(
    "code",
    [
        """
        import typer
        def go(pw: str = typer.Option(..., prompt=True, hide_input=True)):
            return Salesforce("u", pw, "")
        typer.run(go)
        """,
        """
        import click
        @click.command()
        @click.password_option()
        def go(password):
            return Salesforce("u", password, "")
        """,
        """
        from flask import session
        def view():
            return Salesforce("u", session["pw"], "")
        """,
        """
        from flask import request
        def view():
            return Salesforce("u", request.headers["X-Password"], "")
        """,
        """
        from fastapi import Depends
        from fastapi.security import HTTPBasic, HTTPBasicCredentials
        def client(given: HTTPBasicCredentials = Depends(HTTPBasic())):
            return Salesforce(given.username, given.password, "")
        """,
        """
        def post(self, request):
            checked = LoginSerializer(data=request.data)
            return Salesforce("u", checked.validated_data["pw"], "")
        """,
        """
        def go(form):
            return Salesforce(form.username.data, form.password.data, "")
        """,
        """
        import streamlit as st
        sf = Salesforce("u", st.session_state["pw"], "")
        """,
        """
        class Login(RequestHandler):
            def post(self):
                return Salesforce("u", self.get_argument("pw"), "")
        """,
        """
        async def handle(request):
            given = await request.post()
            return Salesforce("u", given["pw"], "")
        """,
        """
        import json
        def handler(event, context):
            given = json.loads(event["body"])
            return Salesforce("u", given["pw"], "")
        """,
        """
        @mcp.tool()
        def login(username: str, password: str) -> str:
            return Salesforce(username, password, "")
        """,
        """
        import sys
        pw = sys.stdin.readline().strip()
        sf = Salesforce("u", pw, "")
        """,
        """
        import getpass
        given = {}
        given["pw"] = getpass.getpass()
        sf = Salesforce("u", given["pw"], "")
        """,
    ],
)
def test_what_a_person_gives_is_told_and_left(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(tmp_path, capsys, code) == ("report", "USER_SUPPLIED_CREDENTIAL")


def test_a_question_in_another_module_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asking = "import getpass\n\ndef question():\n    return getpass.getpass()\n"
    code = 'from ui import question\nsf = Salesforce("u", question(), "")\n'
    assert verdict(tmp_path, capsys, code, ui=asking) == ("report", "USER_SUPPLIED_CREDENTIAL")


@pytest.mark.parametrize(
    "code",
    [
        """
        import csv
        for line in csv.DictReader(open("orgs.csv")):
            sf = Salesforce(line["u"], line["p"], line["t"])
        """,
        """
        def sync(key):
            found = Org.objects.get(pk=key)
            return Salesforce(username=found.sf_user, password=found.sf_password, security_token=found.sf_token)
        """,
        """
        def client(tenant):
            return Salesforce(username=tenant.sf_user, password=decrypt(tenant.sf_password), security_token="")
        """,
    ],
)
def test_one_of_many_records_is_for_review(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(tmp_path, capsys, code) == ("review", None)


@pytest.mark.parametrize(
    "code",
    [
        "import os\nsf = Salesforce(os.environ['U'], os.environ['P'], '')\n",
        "def go(config):\n    return Salesforce(config.user, config.password, '')\n",
        "class Crm:\n    def __init__(self, user, password):\n        self.sf = Salesforce(user, password, '')\n",
    ],
)
def test_what_no_person_gives_is_safe(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict(tmp_path, capsys, code) == ("safe", None)
