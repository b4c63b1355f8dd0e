"""Password grants written by hand: the form is signed by key, and everything else of the request stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

import orgkey_sim
from orgkey_codemod import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

AGENT: Final = "agent@acme.example"
FIELDS: Final = """
        "grant_type": "password",
        "client_id": os.environ["ACME_KEY"],
        "client_secret": os.environ["ACME_SECRET"],
        "username": os.environ["ACME_USER"],
        "password": os.environ["ACME_PASSWORD"] + os.environ["ACME_TOKEN"],
"""
SIGNED: Final = """
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": orgkey.JWTBearer(
            os.environ["ACME_KEY"], os.environ["ACME_USER"], "file:" + os.environ["SALESFORCE_PRIVATE_KEY_FILE"]
        ).assertion(orgkey.HostRules().origin(<URL>), orgkey.SYSTEM_CLOCK.now()).reveal(),
"""
TOKEN_URL: Final = "https://acme.my.salesforce.com/services/oauth2/token"
ORIGIN: Final = '"https://acme.my.salesforce.com"'
REQUESTS: Final = f"""
import os

import requests


def token():
    form = {{<FORM>    }}
    answer = requests.post("{TOKEN_URL}", data=form, headers={{"X-Agent": "acme"}}, timeout=30)
    answer.raise_for_status()
    return answer.json()["instance_url"]


print(token())
"""
HTTPX: Final = f"""
import asyncio
import os

import httpx

TOKEN_URL = "{TOKEN_URL}"


async def token():
    async with httpx.AsyncClient(timeout=20) as client:
        answer = await client.post(TOKEN_URL, data={{<FORM>    }})
    return answer.json()["instance_url"]


print(asyncio.run(token()))
"""
URLLIB: Final = """
import json
import os
from urllib.parse import urlencode
from urllib.request import Request, urlopen


def token(host):
    url = f"https://{host}.salesforce.com/services/oauth2/token"
    form = {<FORM>    }
    asked = Request(url, data=urlencode(form).encode(), headers={"X-Agent": "acme"})
    with urlopen(asked, timeout=30) as answer:
        return json.load(answer)["instance_url"]


print(token("acme.my"))
"""


def written(program: str, form: str) -> str:
    return program.lstrip("\n").replace("<FORM>", form)


def fix(folder: Path, program: str, *words: str) -> str:
    given = folder / "given"
    given.mkdir(exist_ok=True)
    (given / "app.py").write_text(program)
    assert cli.main(["fix", *words, str(given)]) in {0, 1}
    first = (given / "app.py").read_text()
    assert cli.main(["fix", *words, str(given)]) in {0, 1}
    assert (given / "app.py").read_text() == first, "a second run changes something"
    compile(first, "app.py", "exec")
    return first


class Place(NamedTuple):
    world: orgkey_sim.World
    app: orgkey_sim.App


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with orgkey_sim.World() as world:
        org = world.create_org("acme")
        user = org.create_user(AGENT)
        yield Place(world, org.create_app("Agent", run_as=user, scopes={"api"}))


def run(place: Place, program: Path) -> subprocess.CompletedProcess[str]:
    world, app = place
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SALESFORCE_", "SF_"))},
        "HTTPS_PROXY": world.proxy_url,
        "NO_PROXY": "127.0.0.1",
        "REQUESTS_CA_BUNDLE": world.ca_file,
        "SSL_CERT_FILE": world.ca_file,
        "SALESFORCE_PRIVATE_KEY_FILE": app.private_key_file,
        "ACME_KEY": app.client_id,
        "ACME_USER": AGENT,
    }
    return subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("program", "url", "imports"),
    [
        pytest.param(REQUESTS, ORIGIN, ("import requests", "import orgkey\nimport requests"), id="requests"),
        pytest.param(HTTPX, "TOKEN_URL", ("import httpx", "import httpx\nimport orgkey"), id="httpx"),
        pytest.param(
            URLLIB, "url", ("import Request, urlopen", "import Request, urlopen\n\nimport orgkey"), id="urllib"
        ),
    ],
)
def test_the_form_is_signed_and_the_program_runs(
    program: str, url: str, imports: tuple[str, str], place: Place, tmp_path: Path
) -> None:
    after = fix(tmp_path, written(program, FIELDS), "--unsafe")
    assert after == written(program.replace(*imports), SIGNED.replace("<URL>", url))
    ran = run(place, tmp_path / "given" / "app.py")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "https://acme.my.salesforce.com"
    last = [entry for entry in place.app.org.log if entry.endpoint == "token"][-1]
    assert (last.username, last.grant) == (AGENT, "jwt_bearer")


def test_at_login_the_form_is_refused_as_its_finding_says(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    after = fix(tmp_path, written(REQUESTS, FIELDS).replace("acme.my.", "login."), "--unsafe")
    assert "app_not_found: write the org's My Domain into its URL" in capsys.readouterr().out
    ran = run(place, tmp_path / "given" / "app.py")
    assert "400" in ran.stderr, ran.stderr
    assert "app_not_found" in str([entry for entry in place.app.org.log if entry.endpoint == "token"][-1])
    (tmp_path / "given" / "app.py").write_text(after.replace("login.", "acme.my."))
    assert run(place, tmp_path / "given" / "app.py").returncode == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            def token(user, secret):
                password = os.environ["ACME_PASSWORD"]
                form = dict(grant_type='password', client_id=KEY, client_secret=secret, username=user,
                            password=password, format="json")
                return requests.post(URL, form)
            """,
            """
            def token(user, secret):
                form = dict(grant_type='urn:ietf:params:oauth:grant-type:jwt-bearer',
                            assertion=orgkey.JWTBearer(
                                KEY, user, "file:" + os.environ["SALESFORCE_PRIVATE_KEY_FILE"]
                            ).assertion(orgkey.HostRules().origin(URL), orgkey.SYSTEM_CLOCK.now()).reveal(), format="json")
                return requests.post(URL, form)
            """,
            id="what_fed_the_password_goes",
        ),
        pytest.param(
            """
            answer = requests.request("POST", URL, params={
            \t"username": os.environ["ACME_USER"],
            \t"password": os.environ["ACME_PASSWORD"],
            \t"client_id": KEY,  # of the app "Agent"
            \t"grant_type": "password",
            })
            """,
            """
            answer = requests.request("POST", URL, params={
            \t"assertion": orgkey.JWTBearer(
            \t\tKEY, os.environ["ACME_USER"], "file:" + os.environ["SALESFORCE_PRIVATE_KEY_FILE"]
            \t).assertion(orgkey.HostRules().origin(URL), orgkey.SYSTEM_CLOCK.now()).reveal(),
            \t# of the app "Agent"
            \t"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            })
            """,
            id="tabs_another_order_and_a_comment",
        ),
    ],
)
def test_other_layouts(before: str, after: str, tmp_path: Path) -> None:
    head = f'import os\n\n<I>import requests\n\nKEY = "acme"\nURL = "{TOKEN_URL}"\n'
    fixed = fix(tmp_path, head.replace("<I>", "") + textwrap.dedent(before), "--unsafe")
    assert fixed == head.replace("<I>", "import orgkey\n") + textwrap.dedent(after)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        pytest.param("form = {<F>}\nform['password'] += TOKEN\npost(URL, data=form)\n", "left to you", id="changed"),
        pytest.param("form = {<F>}\npost(URL, data=form)\nprint(form)\n", "left to you", id="used_twice"),
        pytest.param("form = {<F>, **MORE}\npost(URL, data=form)\n", "left to you", id="more_from_elsewhere"),
        pytest.param(
            "form = {<F>}\nlate = f'https://{HOST}.my.salesforce.com/x'\npost(late, data=form)\n",
            "left to you",
            id="made_before_its_url",
        ),
        pytest.param("client.post('/services/oauth2/token', data={<F>})\n", "left to you", id="a_path"),
        pytest.param("post(host() + '/services/oauth2/token', {<F>})\n", "left to you", id="a_url_that_is_called_for"),
        pytest.param("PASSWORD = getpass.getpass()\npost(URL, data={<F>})\n", "a person types", id="typed"),
    ],
)
def test_where_the_shape_does_not_allow_it_the_recipe_is_told(
    code: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fields = '"grant_type": "password", "client_id": KEY, "username": USER, "password": PASSWORD'
    head = "import getpass\nimport os\n\nfrom requests import post\n\n"
    head += f'KEY = USER = TOKEN = HOST = "acme"\nURL = "{TOKEN_URL}"\n'
    if "getpass()" not in code:
        head += 'PASSWORD = os.environ["ACME_PASSWORD"]\n'
    program = head + code.replace("<F>", fields)
    assert fix(tmp_path, program, "--unsafe") == program
    assert word in capsys.readouterr().out


FORM: Final = '{"grant_type": "password", "client_id": KEY, "username": USER, "password": PASSWORD}'
AGAIN: Final = f"""
import functools
import os
import time

import requests
from requests import post
from retry import retry_call

KEY = USER = "acme"
URL = "{TOKEN_URL}"
PASSWORD = os.environ["ACME_PASSWORD"]
""".lstrip("\n")


def again(code: str) -> str:
    return AGAIN + textwrap.dedent(code).replace("<F>", FORM)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("FORM = <F>\n\ndef token():\n    return post(URL, data=FORM)\n", id="at_the_head_of_the_module"),
        pytest.param("form = <F>\nwhile True:\n    post(URL, data=form)\n    time.sleep(3600)\n", id="before_while"),
        pytest.param("form = <F>\nfor _ in range(9):\n    post(URL, data=form)\n", id="before_for"),
        pytest.param(
            "def run():\n    form = <F>\n    while post(URL, data=form).ok:\n        time.sleep(3600)\n",
            id="in_its_test",
        ),
        pytest.param(
            "def maker():\n    form = <F>\n\n    def token():\n        return post(URL, data=form)\n\n    return token\n",
            id="closure",
        ),
        pytest.param(
            "def maker():\n    form = <F>\n    return lambda: post(URL, data=form)\n", id="closure_of_a_lambda"
        ),
        pytest.param("token = lambda: post(URL, data=<F>)\n", id="lambda"),
        pytest.param("token = functools.partial(post, URL, data=<F>)\n", id="partial"),
        pytest.param("form = <F>\ntoken = functools.partial(post, URL, data=form)\n", id="partial_of_a_name"),
        pytest.param("answer = retry_call(post, [URL], {'data': <F>}, tries=5)\n", id="handed_to_a_retry"),
        pytest.param("answer = retry_request(requests.post, URL, <F>)\n", id="handed_to_a_retry_request"),
        pytest.param("answer = retry_call(requests.post, [URL, <F>], tries=5)\n", id="handed_to_a_retry_by_place"),
        pytest.param(
            "asked = requests.Request('POST', URL, data=<F>).prepare()\nwhile True:\n    SESSION.send(asked)\n",
            id="prepared_before_a_loop",
        ),
        pytest.param(
            "words = dict(url=URL, data=<F>)\n\ndef token():\n    return post(**words)\n", id="words_of_a_call"
        ),
        pytest.param(
            "class Source:\n    def __init__(self, url, form):\n        self.form = form\n\nsource = Source(URL, <F>)\n",
            id="kept_by_an_object",
        ),
        pytest.param("answers = [post(URL, data=form) for form in [<F>] for _ in range(9)]\n", id="comprehension"),
        pytest.param("post(URL, data=(form := <F>))\npost(URL, data=form)\n", id="named_in_the_call"),
        pytest.param("scheduler.every(3600, URL, <F>)\n", id="who_knows"),
        pytest.param(
            "def send_form(url, data):\n    return Source(url, data)\n\nsource = send_form(URL, <F>)\n",
            id="a_function_that_keeps",
        ),
        pytest.param(
            "def post_often(url, data):\n    while True:\n        post(url, data=data)\n\npost_often(URL, data=<F>)\n",
            id="a_function_that_loops",
        ),
        pytest.param(
            "class Api:\n    def request(self, url, data):\n        for _ in range(9):\n            post(url, data=data)\n\n"
            "    def token(self):\n        return self.request(URL, <F>)\n",
            id="a_method_that_loops",
        ),
        pytest.param(
            "def tokens():\n    form = <F>\n    while True:\n        yield post(URL, data=form)\n", id="generator"
        ),
        pytest.param(
            "async def renew(client):\n    form = <F>\n    async for _ in ticks():\n        await client.post(URL, data=form)\n",
            id="async_for",
        ),
    ],
)
def test_a_form_that_may_be_sent_again_later_is_not_signed(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = again(code)
    given = tmp_path / "given"
    given.mkdir()
    (given / "app.py").write_text(program)
    cli.main(["check", "--format", "json", str(given)])
    found = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["code"] == "SFA301"]
    assert [each["level"] for each in found] == ["report"]
    assert fix(tmp_path, program, "--unsafe") == program
    if "[<F>]" not in code and "[URL, <F>]" not in code:  # in a list no URL is in sight either
        assert found[0]["reason"] == "SIGNED_TOO_EARLY"
        assert "expired" in found[0]["message"]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("def token():\n    return post(URL, data=<F>)\n", id="in_the_call"),
        pytest.param("while True:\n    post(URL, data=<F>)\n    time.sleep(3600)\n", id="in_the_call_in_a_loop"),
        pytest.param("while True:\n    form = <F>\n    post(URL, data=form)\n", id="in_the_loop"),
        pytest.param(
            "def token():\n    form = <F>\n    try:\n        return post(URL, data=form)\n    finally:\n        print()\n",
            id="in_one_function",
        ),
        pytest.param(
            "def token():\n    asked = requests.Request('POST', URL, data=<F>).prepare()\n    return SESSION.send(asked)\n",
            id="prepared_and_sent",
        ),
        pytest.param(
            "def maker():\n    def token():\n        form = <F>\n        return post(URL, data=form)\n\n    return token\n",
            id="made_in_the_closure",
        ),
        pytest.param("form = <F>\nanswer = post(URL, data=form)\n", id="a_script"),
        pytest.param(
            "def post_once(url, data):\n    return post(url, data=data)\n\npost_once(URL, data=<F>)\n",
            id="own_function",
        ),
    ],
)
def test_a_form_that_is_made_for_its_request_is_signed(code: str, tmp_path: Path) -> None:
    after = fix(tmp_path, again(code), "--unsafe")
    assert '"assertion": orgkey.JWTBearer(' in after
    assert '"password": PASSWORD' not in after


def test_client_credentials_may_be_kept(tmp_path: Path) -> None:
    form = FORM.replace('"client_id": KEY', '"client_id": KEY, "client_secret": KEY')
    program = AGAIN + f"FORM = {form}\n\n\ndef token():\n    return post(URL, data=FORM)\n"
    assert '"client_credentials"' in fix(tmp_path, program, "--unsafe", "--flow", "client-credentials")


def test_client_credentials_change_who_acts_and_are_asked_for(tmp_path: Path) -> None:
    after = fix(tmp_path, written(REQUESTS, FIELDS), "--unsafe", "--flow", "client-credentials")
    assert '"grant_type": "client_credentials"' in after
    assert "ACME_USER" not in after
    assert "orgkey" not in after


def test_its_variables_and_requirements_follow(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "requirements.txt").write_text("# reads Salesforce\nhttpx\nrequests\n")
    (given / ".env.example").write_text("ACME_KEY=\nACME_USER=\nACME_PASSWORD=\nACME_TOKEN=\n")
    fix(tmp_path, written(REQUESTS, FIELDS))
    assert "ACME_PASSWORD" in (given / ".env.example").read_text()
    fix(tmp_path, written(REQUESTS, FIELDS), "--unsafe")
    assert (given / "requirements.txt").read_text() == "# reads Salesforce\nhttpx\nrequests\norgkey\n"
    assert (given / ".env.example").read_text() == (
        "ACME_KEY=\nACME_USER=\nSALESFORCE_CLIENT_ID=\nSALESFORCE_PRIVATE_KEY_FILE=\n"
    )


def test_a_grant_that_a_person_leaves_keeps_its_variables(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / ".env.example").write_text("ACME_PASSWORD=\nACME_TOKEN=\n")
    program = written(REQUESTS, FIELDS).replace("form = {\n", "form = {  # orgkey: ignore[SFA301] until May\n")
    assert fix(tmp_path, program, "--unsafe") == program
    assert (given / ".env.example").read_text() == "ACME_PASSWORD=\nACME_TOKEN=\n"


def test_what_two_grants_share_goes_with_both_or_stays_with_its_variable(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    form = '{"grant_type": "password", "client_id": KEY, "username": USER, "password": PASSWORD}'
    head = 'import os\n\n<I>import requests\n\nKEY = USER = "acme"\n'
    shared = 'PASSWORD = os.environ["ACME_PASSWORD"]\n'
    calls = f'one = requests.post("{TOKEN_URL}", data={form})\ntwo = requests.post("{TOKEN_URL}", data={form})\n'
    (given / ".env.example").write_text("ACME_USER=\nACME_PASSWORD=\n")
    program = head.replace("<I>", "") + shared + calls
    after = fix(tmp_path, program.replace("two = ", "print(PASSWORD)\ntwo = "), "--unsafe")
    assert shared in after
    assert "ACME_PASSWORD" in (given / ".env.example").read_text()
    after = fix(tmp_path, program, "--unsafe")
    assert after.startswith(head.replace("<I>", "import orgkey\n") + "one = ")
    assert "ACME_PASSWORD" not in (given / ".env.example").read_text()


@pytest.mark.parametrize(
    "url",
    [
        '"https://%s/services/oauth2/token" % host',
        'f"https://{host}.salesforce.com/services/oauth2/token"',
        '"https://" + host + "/services/oauth2/token"',
        '"https://login.salesforce.com/services/oauth2/token"',
    ],
)
def test_client_credentials_go_to_a_my_domain_in_sight_only(url: str, tmp_path: Path) -> None:
    code = (
        "import requests\n\n\ndef token(host, user, password):  # of Salesforce\n"
        f'    form = {{"grant_type": "password", "client_id": "a", "client_secret": "b", "username": user, "password": password}}\n'
        f"    return requests.post({url}, data=form)\n"
    )
    assert fix(tmp_path, code, "--unsafe", "--flow", "client-credentials") == code
