"""Salesforce's own host names: TLS, the certificate authority, the CONNECT proxy."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography import x509
from logins import Login

from orgkey_sim.hosts import is_salesforce_host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import App, Org, World


@pytest.fixture
def http(shared_world: World) -> Iterator[httpx.Client]:
    """A client that reaches Salesforce through the proxy, as any program does."""
    context = ssl.create_default_context(cafile=shared_world.ca_file)
    with httpx.Client(proxy=shared_world.proxy_url, verify=context, trust_env=False) as http:
        yield http


def log_in(http: httpx.Client, host: str, app: App) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret}
    return http.post(f"https://{host}/services/oauth2/token", data=form)


def test_an_org_is_reached_by_its_my_domain(http: httpx.Client, app: App, org: Org) -> None:
    answer = log_in(http, org.my_domain, app).json()
    assert answer["instance_url"] == f"https://{org.my_domain}"
    assert answer["id"].startswith(f"https://login.salesforce.com/id/{org.org_id}/")
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    assert http.get(f"{answer['instance_url']}/services/data/v60.0/limits", headers=headers).status_code == 200
    assert http.get(answer["id"], headers=headers).json()["organization_id"] == org.org_id


def test_an_assertion_for_login_salesforce_com(http: httpx.Client, org: Org) -> None:
    with Login(org.create_app("Legacy", kind="connected_app")) as login:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": login.assertion(aud="https://login.salesforce.com"),
        }
        answer = http.post("https://login.salesforce.com/services/oauth2/token", data=form)
    assert answer.json()["instance_url"] == f"https://{org.my_domain}"


def test_a_moved_org_is_reached_at_its_instance(http: httpx.Client, app: App, org: Org) -> None:
    org.move_instance("CS77")
    answer = log_in(http, org.my_domain, app).json()
    assert answer["instance_url"] == "https://cs77.salesforce.com"
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    assert http.get("https://cs77.salesforce.com/services/data/v60.0/limits", headers=headers).status_code == 200


def test_the_direct_https_address_serves_every_org(shared_world: World, app: App) -> None:
    context = ssl.create_default_context(cafile=shared_world.ca_file)
    for url in (shared_world.https_url, shared_world.https_url.replace("127.0.0.1", "localhost")):
        with httpx.Client(verify=context, trust_env=False) as http:
            answer = log_in(http, url.removeprefix("https://"), app).json()
            assert answer["instance_url"] == url


def test_certificates_stand_up_to_a_strict_client(shared_world: World, org: Org) -> None:
    context = ssl.create_default_context(cafile=shared_world.ca_file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    port = int(shared_world.https_url.rpartition(":")[2])
    for name in (org.my_domain, "login.salesforce.com", "anything.my.salesforce.com", "localhost"):
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            context.wrap_socket(plain, server_hostname=name) as secure,
        ):
            assert secure.version() == "TLSv1.3"


def test_no_certificate_for_other_peoples_names(shared_world: World) -> None:
    context = ssl.create_default_context(cafile=shared_world.ca_file)
    port = int(shared_world.https_url.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        context.wrap_socket(plain, server_hostname="www.example.com")


def test_each_world_has_an_authority_of_its_own(shared_world: World, salesforce_world: World) -> None:
    mine, other = (Path(world.ca_file).read_bytes() for world in (shared_world, salesforce_world))
    assert mine != other
    assert b"PRIVATE" not in mine
    constraints = x509.load_pem_x509_certificate(mine).extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.value.ca


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("login.salesforce.com", True),
        ("ACME.my.salesforce.com", True),
        ("acme.lightning.force.com", True),
        ("acme.my.salesforce.mil", True),
        ("evilsalesforce.com", False),
        ("salesforce.com.example", False),
        ("127.0.0.1", False),
    ],
)
def test_whose_a_host_is(host: str, ours: bool) -> None:
    assert is_salesforce_host(host) is ours


def proxied(world: World, request: bytes) -> bytes:
    port = int(world.proxy_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_the_proxy_leads_nowhere_else(shared_world: World) -> None:
    answer = proxied(shared_world, b"CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert answer.endswith(b"This proxy leads to Salesforce hosts only. Nothing was sent to www.example.com.\n")


@pytest.mark.parametrize(
    "request_",
    [b"GET http://acme.my.salesforce.com/ HTTP/1.1\r\n\r\n", b"\x16\x03\x01\r\n\r\n", b"a" * 20_000],
    ids=["plain http", "TLS", "no end"],
)
def test_the_proxy_takes_connect_only(shared_world: World, request_: bytes) -> None:
    assert proxied(shared_world, request_).startswith(b"HTTP/1.1 405 ")


def test_a_tunnel_carries_large_bodies_both_ways(http: httpx.Client, app: App, org: Org) -> None:
    token = log_in(http, org.my_domain, app).json()["access_token"]
    body = {"text": "x" * 3_000_000}
    headers = {"Authorization": f"Bearer {token}"}
    answer = http.post(f"https://{org.my_domain}/services/apexrest/Echo", json=body, headers=headers, timeout=30)
    assert answer.status_code == 200
    assert len(answer.content) > 3_000_000


def test_a_client_that_leaves_ends_its_tunnel(shared_world: World, org: Org) -> None:
    server = shared_world._server
    before = len(server.connections)
    port = int(shared_world.proxy_url.rpartition(":")[2])
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(f"CONNECT {org.my_domain}:443 HTTP/1.1\r\n\r\n".encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
    assert len(server.connections) > before
    connection.close()
    gone = threading.Event()
    for _ in range(100):
        if len(server.connections) <= before:
            gone.set()
            break
        gone.wait(0.05)
    assert gone.is_set()
