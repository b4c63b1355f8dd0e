from __future__ import annotations

import asyncio
import socket
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from logins import Login

from orgkey_sim import World
from orgkey_sim.server import bind

if TYPE_CHECKING:
    from orgkey_sim import Org


def test_nothing_is_left_when_a_world_ends() -> None:
    threads = threading.active_count()
    with World() as world:
        org = world.create_org("acme")
        key_file, ca_file = org.create_app("Agent").private_key_file, world.ca_file
        assert stat.S_IMODE(Path(key_file).stat().st_mode) == 0o600
        assert Path(ca_file).parent == Path(key_file).parent
        url = org.login_url
    assert not Path(key_file).parent.exists()
    assert threading.active_count() == threads
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def get_no_answer(url: str) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(url, timeout=30)


def test_a_world_with_open_connections_ends_at_once() -> None:
    with World() as world, httpx.Client(trust_env=False) as http:
        org = world.create_org("acme")
        http.get(org.login_url)
        org.faults.add(delay=60)
        late = threading.Thread(target=get_no_answer, args=(org.login_url,))
        late.start()
        while not len(world._server.connections) >= 2:
            pass
    late.join(10)
    assert not late.is_alive()


def test_a_world_that_does_not_run_says_how_to_use_it() -> None:
    with pytest.raises(RuntimeError, match="use it as `with World"):
        World().create_org("acme")
    with World() as world:
        pass
    with pytest.raises(RuntimeError, match="this World is not running"):
        world.create_org("late")
    world.stop()
    with pytest.raises(RuntimeError, match="this World has ended: make a new one"):
        world.start()


@pytest.mark.parametrize("name", ["", "Acme", "acme corp", "-acme", "acme-", "a" * 41, "acme.my"])
def test_a_name_that_is_no_my_domain_is_refused(salesforce_world: World, name: str) -> None:
    with pytest.raises(ValueError, match="use 1 to 40 lower-case letters"):
        salesforce_world.create_org(name)


def test_names_are_taken_once(salesforce_world: World) -> None:
    org = salesforce_world.create_org("acme")
    with pytest.raises(ValueError, match="there is an org 'acme' already"):
        salesforce_world.create_org("acme")
    assert salesforce_world.org("acme") is org
    with pytest.raises(KeyError, match="no org 'other' in this world: it has"):
        salesforce_world.org("other")


def test_contacts_are_loaded_as_asked(salesforce_world: World) -> None:
    with World(contacts=7) as world:
        counts = [
            org.records.query("SELECT COUNT() FROM Contact").total_size
            for org in (
                world.create_org("default"),
                world.create_org("own", contacts=3),
                world.create_org("none", contacts=0),
            )
        ]
    assert counts == [7, 3, 0]


def test_many_orgs_are_reached_by_their_own_urls(salesforce_world: World) -> None:
    orgs = [salesforce_world.create_org(f"org-{number}") for number in range(100)]
    assert len({org.login_url for org in orgs}) == 100
    assert len({org.org_id for org in orgs}) == 100
    with Login(orgs[57].create_app("Agent")) as login:
        assert login.jwt().json()["id"].split("/")[-2] == orgs[57].org_id


def test_the_shared_address_serves_every_org(salesforce_world: World) -> None:
    for name in ("one", "two"):
        org = salesforce_world.create_org(name)
        with Login(org.create_app("Agent"), url=salesforce_world.http_url) as login:
            answer = login.client_credentials().json()
            assert answer["instance_url"] == salesforce_world.http_url
            assert login.limits(answer["access_token"]).status_code == 200


def test_a_deleted_org_is_gone(salesforce_world: World) -> None:
    org = salesforce_world.create_org("acme")
    with Login(org.create_app("Agent")) as login:
        token = login.token()
        salesforce_world.delete_org(org)
        assert login.limits(token).status_code == 404
    assert list(salesforce_world) == []
    assert salesforce_world.create_org("acme").login_url != org.login_url


def test_a_host_that_is_nobodys(org: Org) -> None:
    headers = {"Host": "nobody.my.salesforce.com"}
    answer = httpx.get(f"{org.login_url}/services/data", headers=headers, trust_env=False)
    assert (answer.status_code, answer.text) == (404, "No org of this world is at nobody.my.salesforce.com.\n")


def test_unknown_paths_are_worded_as_salesforce_does(login: Login) -> None:
    answer = login.http.get("/services/nowhere")
    assert answer.status_code == 404
    assert answer.json() == [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST /services/oauth2/token HTTP/1.1\r\nHost: [::\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"POST /services/oauth2/token HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nConnection: close\r\n\r\n",
    ],
    ids=["TLS", "no version", "bad length", "bad host", "bad chunk", "bad path", "long path"],
)
def test_malformed_http_gets_an_answer_of_400_or_so_and_harms_nobody(raw: bytes, login: Login, org: Org) -> None:
    port = int(org.login_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer == b"" or answer.split()[1][:1] == b"4", answer[:200]
    assert login.jwt().status_code == 200


def test_a_client_that_hangs_up_in_the_middle_harms_nobody(login: Login, org: Org) -> None:
    port = int(org.login_url.rpartition(":")[2])
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"POST /services/oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\ngrant")
    assert login.jwt().status_code == 200


def test_idle_connections_are_kept_for_more_than_75_seconds(login: Login, salesforce_world: World) -> None:
    """Not waited for: the timer that closes an idle connection is looked at."""
    org = salesforce_world.create_org("acme")
    with Login(org.create_app("Agent")) as client:
        client.token()
        server = salesforce_world._server

        async def seconds_left() -> float:
            (protocol,) = server._state.connections
            timer = protocol.timeout_keep_alive_task  # type: ignore[union-attr]
            assert timer is not None
            return timer.when() - asyncio.get_running_loop().time()

        assert server._run(seconds_left()) > 100


def test_a_port_that_is_taken_is_an_oserror() -> None:
    with bind("127.0.0.1") as taken, pytest.raises(OSError, match="in use"):
        bind("127.0.0.1", taken.getsockname()[1])


def test_a_world_may_listen_on_ipv6_loopback() -> None:
    with World(listen_on="::1") as world:
        org = world.create_org("acme")
        assert org.login_url.startswith("http://[::1]:")
        with Login(org.create_app("Agent")) as login:
            assert login.jwt().json()["instance_url"] == org.login_url


def test_summary_has_all_a_client_needs(salesforce_world: World) -> None:
    org = salesforce_world.create_org("acme")
    app = org.create_app("Agent")
    summary = salesforce_world.summary()
    assert summary.keys() == {"http_url", "https_url", "proxy_url", "ca_file", "control_url", "orgs"}
    (shown,) = summary["orgs"]
    assert (shown["org_id"], shown["login_url"], shown["users"]) == (org.org_id, org.login_url, ["admin@acme.example"])
    assert shown["apps"][0]["client_secret"] == app.client_secret
    assert Path(shown["apps"][0]["private_key_file"]).read_text() == app.private_key_pem
