from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orgkey_sim.endpoints import ENDPOINTS, endpoint_of
from orgkey_sim.requestlog import Entry, RequestLog, fingerprint

if TYPE_CHECKING:
    from logins import Login

    from orgkey_sim import App, Org


def test_the_log_tells_what_the_org_saw(login: Login, app: App, org: Org) -> None:
    token = login.token()
    login.limits(token)
    login.jwt(exp=1)
    seen = [(entry.endpoint, entry.status, entry.grant, entry.row) for entry in org.log]
    assert seen == [
        ("token", 200, "jwt_bearer", ""),
        ("rest", 200, "", ""),
        ("token", 400, "jwt_bearer", "expired_assertion"),
    ]
    assert org.token_requests == 2
    assert org.count(endpoint="token", status=400) == 1
    assert org.count(token=fingerprint(token)) == 2
    org.clear_log()
    assert (len(org.log), org.token_requests) == (0, 0)


def test_no_secret_is_in_the_log(login: Login, app: App, org: Org) -> None:
    answer = login.client_credentials().json()
    login.limits(answer["access_token"])
    login.http.post("/services/oauth2/revoke", params={"token": answer["access_token"]})
    shown = repr([entry.as_dict() for entry in org.log])
    assert answer["access_token"] not in shown
    assert app.client_secret not in shown


def test_the_log_keeps_the_latest_entries_and_counts_all() -> None:
    log = RequestLog()
    for number in range(10_100):
        log.add(Entry(float(number), "POST", "host", "/services/oauth2/token", "token"))
    assert (len(log), log.total("token"), log[0].time) == (10_000, 10_100, 100.0)


def test_a_filter_there_is_not_is_an_error() -> None:
    log = RequestLog()
    log.add(Entry(0.0, "GET", "host", "/", "other"))
    with pytest.raises(AttributeError):
        log.count(state=200)


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/services/oauth2/token", "token"),
        ("/services/oauth2/introspect", "introspect"),
        ("/services/data", "rest"),
        ("/services/data/v60.0/query", "rest"),
        ("/services/data/v60.0/jobs/query/750", "bulk2"),
        ("/services/async/60.0/job", "bulk1"),
        ("/services/apexrest/Thing", "apexrest"),
        ("/services/Soap/m/60.0", "metadata"),
        ("/services/Soap/u/60.0", "soap_login"),
        ("/services/Soap/T/60.0", "soap"),
        ("/id/00D/005", "identity"),
        ("/id/keys", "discovery"),
        ("/", "other"),
    ],
)
def test_paths_belong_to_endpoints(path: str, endpoint: str) -> None:
    assert endpoint_of(path) == endpoint
    assert endpoint in ENDPOINTS
