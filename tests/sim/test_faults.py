from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx
import pytest
from logins import Login

from orgkey_sim.faults import Fault, Faults

if TYPE_CHECKING:
    from orgkey_sim import Org, World


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_dropped_request_gets_no_answer(drop: str, login: Login, org: Org) -> None:
    org.faults.add("token", drop=drop)
    # A connection that is cut before its request was read may also end in a reset.
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        login.jwt()
    assert (org.log[-1].status, org.log[-1].fault) == (0, f"drop {drop}")
    # The work was done only where the answer, and not the request, was lost.
    assert len(org.sessions) == (1 if drop == "after" else 0)
    assert login.jwt().status_code == 200


def test_an_answer_that_breaks_off_midway(login: Login, org: Org) -> None:
    org.faults.add("token", drop="midway")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        login.jwt()
    assert org.log[-1].status == 200


def test_faults_cut_tls_connections_too(shared_world: World, login: Login, org: Org) -> None:
    import ssl

    context = ssl.create_default_context(cafile=shared_world.ca_file)
    org.faults.add("token", drop="after")
    with httpx.Client(base_url=shared_world.https_url, verify=context, trust_env=False) as http:
        form = {"grant_type": "client_credentials", "client_id": login.client_id}
        with pytest.raises(httpx.RemoteProtocolError):
            http.post("/services/oauth2/token", data=form, headers={"Host": org.my_domain})


def test_a_late_answer(login: Login, org: Org) -> None:
    org.faults.add("token", delay=0.3)
    began = time.monotonic()
    assert login.jwt().status_code == 200
    assert time.monotonic() - began >= 0.3


def test_a_late_answer_holds_nobody_else_up(login: Login, org: Org) -> None:
    org.faults.add("token", delay=30)
    with pytest.raises(httpx.ReadTimeout):
        login.http.post("/services/oauth2/token", data={}, timeout=0.2)
    assert login.http.post("/services/oauth2/token", data={}, timeout=5).status_code == 400


def test_a_body_that_drips(login: Login, org: Org) -> None:
    org.faults.add("token", drip=1000)
    began = time.monotonic()
    answer = login.jwt()
    assert answer.json()["token_type"] == "Bearer"
    assert time.monotonic() - began >= len(answer.content) / 1000 * 0.8


def test_garbled_and_foreign_answers(login: Login, org: Org) -> None:
    org.faults.add("token", garble=True)
    garbled = login.jwt()
    assert garbled.headers["Content-Type"] == "text/html"
    with pytest.raises(ValueError, match="Expecting value"):
        garbled.json()
    org.faults.add("token", status=503, body="<h1>Busy</h1>", retry_after=7)
    sessions = len(org.sessions)
    busy = login.jwt()
    assert (busy.status_code, busy.text, busy.headers["Retry-After"]) == (503, "<h1>Busy</h1>", "7")
    assert len(org.sessions) == sessions


def test_a_fault_hits_its_endpoint_as_often_as_it_says(login: Login, org: Org) -> None:
    token = login.token()
    org.faults.add("token", status=500, skip=1, times=2)
    assert [login.jwt().status_code for _ in range(4)] == [200, 500, 500, 200]
    org.faults.add("token", status=500, times=None)
    assert login.limits(token).status_code == 200
    assert [login.jwt().status_code for _ in range(3)] == [500, 500, 500]
    org.faults.clear()
    assert login.jwt().status_code == 200
    org.faults.add(status=500, times=2)
    assert (login.limits(token).status_code, login.jwt().status_code) == (500, 500)


def test_login_hosts_have_faults_of_their_own(shared_world: World, login: Login) -> None:
    shared_world.faults.add("token", status=502)
    headers = {"Host": "login.salesforce.com"}
    answers = [httpx.post(f"{url}/services/oauth2/token", headers=headers, trust_env=False) for url in (login.url,) * 2]
    assert [answer.status_code for answer in answers] == [502, 400]
    assert login.jwt().status_code == 200
    assert shared_world.log[-1].host == "login.salesforce.com"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"endpoint": "tokens"}, "no endpoint 'tokens': choose of "),
        ({"drop": "later"}, "drop='later': choose 'before', 'after' or 'midway'"),
        ({"delay": -1}, "delay and drip cannot be negative"),
        ({"drip": float("nan")}, "delay and drip cannot be negative"),
        ({"status": 99}, "status=99: choose 200 to 599"),
        ({"times": 0}, "skip is at least 0, times at least 1"),
        ({"skip": -1}, "skip is at least 0, times at least 1"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(settings: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Fault(**settings)  # type: ignore[arg-type]


def test_faults_wait_in_the_order_they_were_added() -> None:
    faults = Faults()
    faults.add("token", status=500)
    faults.add("rest", status=501)
    faults.add("", status=502)
    found = [fault.status for fault in (faults.take("rest"), faults.take("rest"), faults.take("token")) if fault]
    assert found == [501, 502, 500]
    assert faults.take("token") is None
