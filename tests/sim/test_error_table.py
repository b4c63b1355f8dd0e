"""Every row of the error table, provoked and met over HTTP."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

from orgkey_sim.oauth.errors import ROWS, Row

if TYPE_CHECKING:
    import httpx
    from logins import Login

    from orgkey_sim import App, Org

CALLBACK = "https://agent.example/callback"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).rstrip(b"=").decode()

TOKEN_ROWS = [row for row in ROWS.values() if row.surface == "token"]
AUTHORIZE_ROWS = [row for row in ROWS.values() if row.surface == "authorize"]

# What stands in the places of a description, where the refusal fills them in.
PLACES = {
    "audience_invalid": "audience is invalid  [audience={url} login=https://login.salesforce.com]",
    "missing_parameter": "missing required parameter: ",
    "malformed_request": "",
}


def ask(login: Login, org: Org, app: App, grant: str) -> httpx.Response:
    client = {"client_id": login.client_id, "client_secret": login.client_secret}
    if grant == "client_credentials":
        return login.client_credentials()
    if grant == "password":
        username = login.username
        return login.post(grant_type="password", username=username, password="invented", **client)
    if grant == "authorization_code":
        return login.post(grant_type="authorization_code", code="unknown", redirect_uri=CALLBACK, **client)
    if grant == "refresh_token":
        return login.post(grant_type="refresh_token", refresh_token="unknown", **client)
    return login.jwt()


@pytest.mark.parametrize("row", TOKEN_ROWS, ids=lambda row: row.id)
def test_each_row_of_the_token_endpoint_can_be_provoked(row: Row, login: Login, org: Org, app: App) -> None:
    grants = row.grants or ("jwt_bearer", "client_credentials")
    if row.id == "invalid_client_id":
        # Nobody is left to be refused for the second grant: the app is gone.
        grants = grants[:1]
    for grant in grants:
        org.provoke(row.id, app)
        answer = ask(login, org, app, grant)
        assert answer.status_code == row.status
        assert answer.headers["Cache-Control"] == "no-cache, no-store"
        assert answer.json() == {
            "error": row.error,
            "error_description": PLACES.get(row.id, row.description).format(url=org.login_url),
        }
        assert (org.log[-1].row, org.log[-1].error, org.log[-1].status) == (row.id, row.error, row.status)


def authorize(login: Login, **changes: str) -> httpx.Response:
    query = {
        "response_type": "code",
        "client_id": login.client_id,
        "redirect_uri": CALLBACK,
        "state": "invented state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return login.http.get("/services/oauth2/authorize", params=query)


@pytest.mark.parametrize("row", AUTHORIZE_ROWS, ids=lambda row: row.id)
def test_each_row_of_the_authorize_endpoint_can_be_provoked(row: Row, login: Login, org: Org, app: App) -> None:
    org.provoke(row.id, app)
    answer = authorize(login)
    error = {"error": row.error, "error_description": row.description}
    if row.id == "redirect_uri_mismatch":
        # The browser is sent nowhere until the callback URL is known to be the app's.
        assert (answer.status_code, dict(parse_qsl(answer.text))) == (400, error)
        return
    assert answer.status_code == 302
    target = urlsplit(answer.headers["Location"])
    sent = dict(parse_qsl(target.query))
    if row.on_page:
        assert target.path == "/setup/secur/RemoteAccessErrorPage.apexp"
        assert sent == error
        assert row.description in login.http.get(answer.headers["Location"]).text
    else:
        assert answer.headers["Location"].startswith(CALLBACK + "?")
        assert sent == {**error, "state": "invented state"}
    assert org.log[-1 if not row.on_page else -2].row == row.id


@pytest.mark.parametrize("row_id", ["unknown_error", "being_processed"])
def test_what_no_state_explains_passes_by_itself(row_id: str, login: Login, org: Org) -> None:
    org.refuse_next(row_id, times=2)
    answers = [login.jwt() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 200]


def test_the_status_of_a_row_is_a_switch(login: Login, org: Org, app: App) -> None:
    org.policies.error_status["inactive_user"] = 401
    org.provoke("inactive_user", app)
    assert login.jwt().status_code == 401


def test_a_row_there_is_not_is_refused_by_name(org: Org, app: App) -> None:
    with pytest.raises(ValueError, match="no row 'inactive' in the error table: choose of access_denied, "):
        org.provoke("inactive", app)


def test_what_the_client_does_wrong(login: Login) -> None:
    def refused(answer: httpx.Response) -> tuple[str, str]:
        assert answer.status_code == 400
        return answer.json()["error"], answer.json()["error_description"]

    assert refused(login.post()) == ("unsupported_grant_type", "grant type not supported")
    assert refused(login.post(grant_type="magic")) == ("unsupported_grant_type", "grant type not supported")
    assert refused(login.http.get("/services/oauth2/token")) == ("invalid_request", "must use HTTP POST")
    assertion = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
    assert refused(login.post(**assertion)) == ("invalid_request", "missing required parameter: assertion")
    assert refused(login.jwt(iss="nobody")) == ("invalid_client_id", "client identifier invalid")
    huge = login.http.post("/services/oauth2/token", content=b"x" * 100_000)
    assert refused(huge) == ("invalid_request", "request too large")
    assert refused(login.http.post("/services/oauth2/token", content=b"\xff=\xff"))[0] == "invalid_request"
