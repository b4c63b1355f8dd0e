"""Clients that nobody here wrote log in, query, and survive an expired session, unmodified, through the proxy."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
from aiosalesforce import ClientCredentialsFlow, JwtBearerFlow
from aiosalesforce import Salesforce as AsyncSalesforce
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed

from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import App, Org

CONTACTS = 2500
SOQL = "SELECT Id, Name FROM Contact"


@pytest.fixture(scope="module")
def shared_world() -> Iterator[World]:
    with World(contacts=CONTACTS) as world:
        yield world


@pytest.fixture
def session(shared_world: World) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": shared_world.proxy_url}
        session.verify = shared_world.ca_file
        yield session


def my_domain_prefix(org: Org) -> str:
    return org.my_domain.removesuffix(".salesforce.com")


@pytest.mark.parametrize("grant", ["jwt at the My Domain", "jwt at login", "client credentials"])
def test_simple_salesforce(grant: str, org: Org, session: requests.Session) -> None:
    app = org.create_app("Legacy", kind="connected_app")
    (user,) = org.users.values()
    settings: dict[str, Any] = {"consumer_key": app.client_id, "domain": my_domain_prefix(org)}
    if grant == "client credentials":
        settings["consumer_secret"] = app.client_secret
    else:
        settings |= {"username": user.username, "privatekey": app.private_key_pem}
    if grant == "jwt at login":
        settings["domain"] = "login"
    sf = Salesforce(session=session, **settings)
    assert len(sf.query_all(SOQL)["records"]) == CONTACTS
    org.expire_sessions()
    assert len(sf.query_all(SOQL)["records"]) == CONTACTS
    assert org.token_requests == 2


def test_simple_salesforce_with_a_password(org: Org, session: requests.Session) -> None:
    user = org.create_user(f"agent@{org.name}.example", password="invented", security_token="token")
    settings = {
        "session": session,
        "username": user.username,
        "password": "invented",
        "security_token": "token",
        "domain": my_domain_prefix(org),
    }
    with pytest.raises(SalesforceAuthenticationFailed, match=r"SOAP API login\(\) is disabled by default in this org"):
        Salesforce(**settings)
    with pytest.raises(SalesforceAuthenticationFailed, match=r"not available in the API version specified \(65.0\)"):
        Salesforce(**settings, version="65.0")
    org.policies.soap_login = True
    assert Salesforce(**settings).query("SELECT COUNT() FROM Contact")["totalSize"] == CONTACTS


@pytest.mark.parametrize("grant", ["jwt", "client credentials"])
def test_aiosalesforce(grant: str, org: Org, app: App, shared_world: World, tmp_path: Path) -> None:
    (user,) = org.users.values()
    auth: Any = ClientCredentialsFlow(app.client_id, app.client_secret)
    if grant == "jwt":
        auth = JwtBearerFlow(app.client_id, user.username, app.private_key_file)

    async def main() -> list[int]:
        context = ssl.create_default_context(cafile=shared_world.ca_file)
        async with httpx.AsyncClient(proxy=shared_world.proxy_url, verify=context, trust_env=False) as http:
            sf = AsyncSalesforce(http, f"https://{org.my_domain}", auth)
            before = len([record async for record in sf.query(SOQL)])
            org.expire_sessions()
            return [before, len([record async for record in sf.query(SOQL)])]

    assert asyncio.run(main()) == [CONTACTS, CONTACTS]
    assert org.token_requests == 2


JSFORCE = """
const jsforce = require("jsforce");
const given = JSON.parse(process.argv[1]);
const login = { clientId: given.key, clientSecret: given.secret, loginUrl: given.url, httpProxy: given.proxy };
const connection = new jsforce.Connection({
  instanceUrl: given.url, httpProxy: given.proxy, version: "60.0", oauth2: login,
  refreshFn: (self, done) =>
    self.authorize({ grant_type: "client_credentials" }).then(() => done(null, self.accessToken), done),
});
const count = async () =>
  (await connection.query(given.soql, { autoFetch: true, maxFetch: 100000 })).records.length;
(async () => {
  await connection.authorize({ grant_type: "client_credentials" });
  const before = await count();
  await fetch(given.expire, { method: "POST" });
  console.log(JSON.stringify([before, await count()]));
})().catch((error) => { console.error(error); process.exit(1); });
"""


@pytest.fixture(scope="session")
def jsforce(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder that an installed jsforce 3 is in, or a skip with its reason."""
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    root = Path(__file__).resolve().parents[2]
    folders = [root / "node_modules", *map(Path, filter(None, os.environ.get("NODE_PATH", "").split(os.pathsep)))]
    found = [str(folder) for folder in folders if (folder / "jsforce" / "package.json").exists()]
    if not found:
        pytest.skip("jsforce is not installed: npm install --no-save jsforce@3, here or in a folder of NODE_PATH")
    return found[0]


@pytest.mark.parametrize("way", ["proxy", "http"])
def test_jsforce(way: str, jsforce: str, org: Org, app: App, shared_world: World) -> None:
    given = {
        "url": f"https://{org.my_domain}" if way == "proxy" else org.login_url,
        "proxy": shared_world.proxy_url if way == "proxy" else None,
        "key": app.client_id,
        "secret": app.client_secret,
        "soql": SOQL,
        "expire": f"{shared_world.control_url}/orgs/{org.name}/expire_sessions",
    }
    environment = {"NODE_PATH": jsforce, "NODE_EXTRA_CA_CERTS": shared_world.ca_file, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [shutil.which("node") or "node", "-e", JSFORCE, json.dumps(given)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [CONTACTS, CONTACTS]
    assert org.token_requests == 2
