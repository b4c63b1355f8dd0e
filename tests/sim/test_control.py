from __future__ import annotations

import inspect
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from logins import Login

from orgkey_sim import control
from orgkey_sim.model import App, Org, User
from orgkey_sim.oauth.errors import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import World


@pytest.fixture
def http(shared_world: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared_world.control_url, trust_env=False) as http:
        yield http


def answer(response: httpx.Response, status: int = 200) -> Any:
    assert response.status_code == status, response.text
    return response.json()


@pytest.mark.parametrize(
    ("of", "operations", "not_over_http"),
    [
        # What reads is a GET address, what is for other parts of the simulator is no operation.
        (
            Org,
            control._ORG_OPERATIONS | {"create_app"},
            {
                *("user", "app", "count", "summary", "permission_set_id", "is_assigned"),
                *("open", "show_user", "next_refusal"),
            },
        ),
        (User, control._USER_OPERATIONS, set()),
        (App, control._APP_OPERATIONS, {"admits", "refreshes_from", "summary"}),
    ],
)
def test_what_can_be_done_in_python_can_be_done_over_http(
    of: type, operations: set[str], not_over_http: set[str]
) -> None:
    methods = {name for name, _ in inspect.getmembers(of, inspect.isfunction) if not name.startswith("_")}
    assert methods - not_over_http == operations


def test_the_first_page_says_where_everything_is(http: httpx.Client, shared_world: World, org: Org) -> None:
    page = answer(http.get("/"))
    assert page == shared_world.summary()
    assert answer(http.get(f"/orgs/{org.name}")) in page["orgs"]
    assert answer(http.get("/orgs")) == page["orgs"]


def test_an_org_is_made_as_in_a_world_file_and_deleted(http: httpx.Client, shared_world: World) -> None:
    made = answer(
        http.post(
            "/orgs",
            json={
                "name": "over-http",
                "contacts": 3,
                "policies": {"session_minutes": 15, "login_ip_ranges": ["127.0.0.0/8"]},
                "users": [{"username": "agent@acme.example"}],
                "apps": [{"name": "Agent", "run_as": "agent@acme.example", "flows": ["client_credentials"]}],
            },
        )
    )
    org = shared_world.org("over-http")
    assert made == org.summary()
    assert org.policies.session_minutes == 15
    (app,) = org.apps.values()
    with Login(app) as login:
        assert login.client_credentials().status_code == 200
    answer(http.delete("/orgs/over-http"))
    assert answer(http.get("/orgs/over-http"), 404)["error"].startswith("no org 'over-http' in this world")


def test_an_org_that_fails_half_way_is_not_left_behind(http: httpx.Client, shared_world: World) -> None:
    body = {"name": "half", "apps": [{"name": "Agent"}, {"name": "Agent"}]}
    refused = answer(http.post("/orgs", json=body), 400)
    assert refused["key"] == "apps[1].name"
    assert "already has an app 'Agent'" in refused["error"]
    assert "half" not in [org.name for org in shared_world]


def test_operations_do_what_their_methods_do(http: httpx.Client, org: Org, app: App, login: Login) -> None:
    def do(path: str, **arguments: object) -> Any:
        return answer(http.post(f"/orgs/{org.name}/{path}", json=arguments))

    token = login.token()
    assert do("expire_sessions") == {"result": 1}
    assert login.limits(token).status_code == 401
    assert do("create_user", username="agent@acme.example")["id"] == org.users["agent@acme.example"].id
    do("apps/Agent/change_run_as", user="agent@acme.example")
    assert app.run_as is org.users["agent@acme.example"]
    login.client_credentials()
    assert do("expire_sessions", user="agent@acme.example") == {"result": 1}
    do("users/agent@acme.example/deactivate")
    assert not org.users["agent@acme.example"].active
    do("users/agent@acme.example/activate")
    do("provoke", row_id="no_run_as_user", app="Agent")
    assert login.client_credentials().json()["error_description"] == "no client credentials user enabled"
    do(f"apps/{app.client_id}/disable_flow", flow="client_credentials")
    assert app.flows == {"jwt_bearer"}
    do("rate_limit_logins", limit=0)
    assert login.jwt().json()["error"] == "rate_limit_exceeded"
    do("rate_limit_logins", limit=None)
    token = login.token()
    assert do("revoke", what=token) == {"result": 1}
    login.token()
    assert do("revoke", what="Agent") == {"result": 1}
    do("move_instance", instance="NA9")
    assert org.instance_host == "na9.salesforce.com"
    do("apps/Agent/replace_certificate")
    assert login.jwt().json()["error_description"] == "invalid assertion"
    assert do("create_app", name="Second", run_as="agent@acme.example")["run_as"] == "agent@acme.example"
    do("delete_app", app="Second")
    assert org.app("Second") is None


def test_the_log_and_the_faults_of_an_org(http: httpx.Client, org: Org, login: Login) -> None:
    faults = f"/orgs/{org.name}/faults"
    (waiting,) = answer(http.post(faults, json={"endpoint": "token", "status": 503, "times": 2}))
    assert (waiting["status"], waiting["times"]) == (503, 2)
    assert login.jwt().status_code == 503
    assert answer(http.get(faults))[0]["times"] == 1
    assert answer(http.delete(faults)) == []
    login.limits(login.token())
    log = f"/orgs/{org.name}/log"
    assert [entry["status"] for entry in answer(http.get(log))] == [503, 200, 200]
    assert [entry["endpoint"] for entry in answer(http.get(log, params={"status": "200"}))] == ["token", "rest"]
    assert answer(http.get(log, params={"state": "1"}), 400)["key"] == "state"
    answer(http.delete(log))
    assert answer(http.get(log)) == []
    assert answer(http.get("/log")) == [] == answer(http.get("/faults"))


def test_policies_are_read_and_changed(http: httpx.Client, org: Org) -> None:
    path = f"/orgs/{org.name}/policies"
    assert answer(http.get(path))["session_minutes"] == 120
    assert answer(http.patch(path, json={"session_minutes": 5, "soap_login": True}))["session_minutes"] == 5
    assert (org.policies.session_minutes, org.policies.soap_login) == (5, True)
    refused = answer(http.patch(path, json={"soap_login": False, "sesion_minutes": 5}), 400)
    assert refused == {"error": "is no setting; did you mean 'session_minutes'?", "key": "policies.sesion_minutes"}
    assert org.policies.soap_login
    assert answer(http.patch(path, json={"login_ip_ranges": ["x"]}), 400)["error"].startswith("login_ip_ranges: 'x'")


def test_the_clock_is_moved(http: httpx.Client, salesforce_world: World) -> None:
    url = salesforce_world.control_url
    before = salesforce_world.clock.now()
    assert answer(http.post(f"{url}/clock/advance", json={"seconds": 7200}))["now"] >= before + 7200
    assert answer(http.get(f"{url}/clock"))["now"] >= before + 7200
    assert "cannot advance" in answer(http.post(f"{url}/clock/advance", json={"seconds": -1}), 400)["error"]
    assert answer(http.post(f"{url}/clock/advance"), 400) == {"error": "is missing", "key": "seconds"}


def test_the_error_table_can_be_read(http: httpx.Client) -> None:
    rows = answer(http.get("/errors"))
    assert [row["id"] for row in rows] == list(ROWS)
    assert rows[0]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("request_line", "body", "status", "key"),
    [
        ("POST /orgs/{org}/provoke", {"row_id": "inactive_user", "app": "Nobody"}, 400, "app"),
        ("POST /orgs/{org}/provoke", {"row_id": 5, "app": "Agent"}, 400, "row_id"),
        ("POST /orgs/{org}/provoke", {"row_id": "nothing", "app": "Agent"}, 400, None),
        ("POST /orgs/{org}/suspend", {"now": True}, 400, "now"),
        ("POST /orgs/{org}/refresh_sandbox", {}, 400, None),
        ("POST /orgs/{org}/faults", {"endpoint": "tokens"}, 400, ""),
        ("POST /orgs/{org}/faults", {"delay": "long"}, 400, "delay"),
        ("POST /orgs/{org}/summary", {}, 404, None),
        ("POST /orgs/{org}/users/nobody/deactivate", {}, 404, None),
        ("POST /orgs/{org}/apps/Agent/__init__", {}, 404, None),
        ("GET /orgs/{org}/suspend", None, 404, None),
        ("GET /nowhere", None, 404, None),
        ("POST /orgs", [], 400, None),
        ("POST /orgs", {"name": "x", "users": {}}, 400, "users"),
    ],
)
def test_bad_requests_are_answered_with_what_is_wrong(  # noqa: PLR0917 - a table
    http: httpx.Client, app: App, request_line: str, body: object, status: int, key: str | None
) -> None:
    method, path = request_line.split()
    refused = answer(http.request(method, path.format(org=app.org.name), json=body), status)
    assert refused["error"]
    assert refused.get("key") == key


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b'"text"', b" " * 2_000_000])
def test_bodies_that_are_no_json_object_are_refused(http: httpx.Client, org: Org, body: bytes) -> None:
    assert answer(http.post(f"/orgs/{org.name}/suspend", content=body), 400)["error"]


def test_web_pages_are_kept_out(http: httpx.Client, org: Org) -> None:
    foreign = http.post(f"/orgs/{org.name}/suspend", headers={"Origin": "https://evil.example"})
    assert answer(foreign, 400)["key"] == "Origin"
    rebound = http.get("/", headers={"Host": "evil.example:80"})
    assert answer(rebound, 400)["key"] == "Host"
    assert org.active


def test_orgs_ports_know_nothing_of_the_control_api(org: Org) -> None:
    assert httpx.get(f"{org.login_url}/orgs", trust_env=False).status_code == 404


def test_a_request_that_ends_early_harms_nobody(http: httpx.Client, shared_world: World) -> None:
    port = int(shared_world.control_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /orgs HTTP/1.1\r\nHost: localhost:1\r\nContent-Length: 100\r\n\r\n{")
    assert http.get("/").status_code == 200
