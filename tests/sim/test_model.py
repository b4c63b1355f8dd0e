from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from logins import Login

from orgkey_sim.data.ids import is_id
from orgkey_sim.keys import new_key_pair, shared_key_pair
from orgkey_sim.model import OrgPolicies

if TYPE_CHECKING:
    from orgkey_sim import App, Org, World


def test_ids_have_a_checksum_and_stay_the_same_from_run_to_run(salesforce_world: World) -> None:
    org = salesforce_world.create_org("acme")
    (admin,) = org.users.values()
    assert (org.org_id[:3], is_id(org.org_id), len(org.org_id)) == ("00D", True, 18)
    assert (admin.id[:3], is_id(admin.id)) == ("005", True)
    assert org.org_id == "00DFeai00000001MAA"
    assert org.create_app("Agent").client_id.startswith("3MVG9")


@pytest.mark.parametrize(
    ("name", "kind", "my_domain", "login_host"),
    [
        ("acme", "production", "acme.my.salesforce.com", "login.salesforce.com"),
        ("acme--dev", "sandbox", "acme--dev.sandbox.my.salesforce.com", "test.salesforce.com"),
        ("acme-2", "scratch", "acme-2.scratch.my.salesforce.com", "test.salesforce.com"),
    ],
)
def test_hosts_by_kind_of_org(salesforce_world: World, name: str, kind: str, my_domain: str, login_host: str) -> None:
    org = salesforce_world.create_org(name, kind=kind)  # type: ignore[arg-type]
    assert (org.my_domain, org.login_host) == (my_domain, login_host)


def test_a_refreshed_sandbox_is_another_org(salesforce_world: World) -> None:
    org = salesforce_world.create_org("acme--dev", kind="sandbox", contacts=3)
    (admin,) = org.users.values()
    with Login(org.create_app("Agent")) as login:
        before = login.jwt().json()
        org_id, user_id = org.org_id, admin.id
        org.refresh_sandbox()
        assert login.limits(before["access_token"]).status_code == 401
        after = login.jwt().json()
    assert org.org_id != org_id
    assert admin.id != user_id
    assert after["id"] == f"{org.login_url}/id/{org.org_id}/{admin.id}"
    assert org.records.query("SELECT COUNT() FROM Contact").total_size == 0
    assert org.records.query(f"SELECT Id FROM User WHERE Id = '{admin.id}'").total_size == 1


def test_a_production_org_is_not_refreshed(org: Org) -> None:
    with pytest.raises(ValueError, match="is a production org; only sandboxes and scratch orgs are refreshed"):
        org.refresh_sandbox()


def test_a_moved_org_names_another_instance_url(login: Login, org: Org) -> None:
    token = login.token()
    org.move_instance("NA300")
    assert login.limits(token).status_code == 401
    answer = login.jwt().json()
    assert answer["instance_url"] not in {org.login_url, ""}
    assert org.instance_host == "na300.salesforce.com"
    with Login(next(iter(org.apps.values())), url=answer["instance_url"]) as moved:
        assert moved.limits(answer["access_token"]).status_code == 200


def test_a_moved_org_stays_where_it_is_at_the_shared_address(shared_world: World, app: App, org: Org) -> None:
    org.move_instance("NA301")
    with Login(app, url=shared_world.http_url) as login:
        assert login.client_credentials().json()["instance_url"] == shared_world.http_url


def test_a_move_may_keep_the_url(login: Login, org: Org) -> None:
    token = login.token()
    org.move_instance(keeps_url=True)
    assert login.limits(token).status_code == 401
    assert login.jwt().json()["instance_url"] == org.login_url


def test_a_suspended_org_comes_back(login: Login, org: Org) -> None:
    token = login.token()
    org.suspend()
    assert login.limits(token).status_code == 401
    assert login.jwt().json()["error_description"] == "inactive organization"
    org.resume()
    assert login.jwt().status_code == 200


@pytest.mark.parametrize(("end", "begin"), [("block", "unblock"), ("uninstall", "install")])
def test_an_app_that_is_shut_out_loses_its_sessions(end: str, begin: str, login: Login, org: Org, app: App) -> None:
    token = login.token()
    with Login(org.create_app("Other")) as other:
        others = other.token()
        getattr(app, end)()
        assert login.limits(token).status_code == 401
        assert other.limits(others).status_code == 200
    assert login.jwt().status_code == 400
    getattr(app, begin)()
    assert login.jwt().status_code == 200


def test_a_rotated_secret_ends_the_sessions_and_the_old_secret(login: Login, app: App) -> None:
    token = login.token()
    app.rotate_secret()
    assert login.limits(token).status_code == 401
    assert login.client_credentials().json()["error"] == "invalid_client"
    with Login(app) as renewed:
        assert renewed.client_credentials().status_code == 200


def test_approval_can_be_given_back(login: Login, org: Org, app: App) -> None:
    (user,) = org.users.values()
    app.approve(user)
    app.withdraw_approval(user)
    assert login.jwt().json()["error"] == "invalid_app_access"
    app.approve(user)
    assert login.jwt().status_code == 200


def test_revoking_by_token_user_and_app(login: Login, org: Org, app: App) -> None:
    (user,) = org.users.values()
    one, two = login.token(), login.token()
    assert org.revoke(one) == 1
    assert (login.limits(one).status_code, login.limits(two).status_code) == (401, 200)
    assert org.revoke(user) == 1
    login.token()
    assert org.revoke(app) == 1
    assert org.revoke("nothing") == 0


def test_users_and_apps_are_found_whatever_the_case(org: Org, app: App) -> None:
    user = org.create_user("Agent@acme.example")
    assert org.user("agent@ACME.example") is user
    assert org.app("Agent") is app
    assert org.app(app.client_id) is app
    assert org.app("nobody") is None


def test_users_are_records_too(org: Org) -> None:
    user = org.create_user("agent@acme.example", name="Agent Smithers", email="smithers@acme.example")

    def record() -> object:
        soql = f"SELECT Username, LastName, Email, IsActive FROM User WHERE Id = '{user.id}'"
        (row,) = org.records.query(soql).records
        return {name: row[name] for name in ("Username", "LastName", "Email", "IsActive")}

    shown = {"Username": user.username, "LastName": "Agent Smithers", "Email": user.email}
    assert record() == {**shown, "IsActive": True}
    user.deactivate()
    assert record() == {**shown, "IsActive": False}
    (row,) = org.records.query("SELECT Name, IsSandbox FROM Organization").records
    assert (row["Name"], row["IsSandbox"]) == (org.name, False)


def test_all_apps_of_a_process_share_one_key_until_they_are_given_their_own(org: Org) -> None:
    one, two = org.create_app("One"), org.create_app("Two")
    assert one.private_key_pem == two.private_key_pem == shared_key_pair().private_key_pem
    keys = new_key_pair()
    three = org.create_app("Three", private_key_pem=keys.private_key_pem)
    assert three.certificate_pem == keys.certificate_pem or three.private_key_pem == keys.private_key_pem
    four = org.create_app("Four", certificate_pem=keys.certificate_pem)
    with Login(three) as login:
        assert login.jwt().status_code == 200
        assert login.jwt(iss=four.client_id).status_code == 200
    with Login(four) as login:
        assert login.jwt().json()["error_description"] == "invalid assertion"


def test_an_uploaded_certificate_is_what_counts(login: Login, app: App) -> None:
    keys = new_key_pair()
    app.replace_certificate(keys.certificate_pem)
    assert login.jwt().json()["error_description"] == "invalid assertion"
    login.private_key = keys.private_key
    assert login.jwt().status_code == 200


@pytest.mark.parametrize(
    "text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(app: App, text: str) -> None:
    with pytest.raises(ValueError, match=r"not an X\.509 certificate in PEM"):
        app.replace_certificate(text)


def test_other_bad_key_material(org: Org) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    with pytest.raises(ValueError, match="larger than 4 KB"):
        org.create_app("Big", certificate_pem="x" * 4097)
    with pytest.raises(ValueError, match="not an unencrypted private key in PEM"):
        org.create_app("Bad", private_key_pem="x")
    elliptic = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="not an RSA key"):
        org.create_app("Curved", private_key_pem=elliptic.decode())


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"kind": "package"}, "kind 'package': choose of eca, connected_app"),
        ({"flows": ["jwt"]}, "flow 'jwt': choose of jwt_bearer, client_credentials"),
        ({"permitted_users": "all"}, "permitted_users 'all': choose of admin_approved, all_users"),
        ({"token_format": "xml"}, "token_format 'xml': choose of opaque, jwt"),
        ({"client_id": "taken"}, "already has an app"),
    ],
)
def test_an_app_that_cannot_be_is_refused(org: Org, settings: dict[str, object], reason: str) -> None:
    org.create_app("First", client_id="taken")
    with pytest.raises(ValueError, match=reason):
        org.create_app("Second", **settings)  # type: ignore[arg-type]


def test_users_that_cannot_be_are_refused(org: Org) -> None:
    org.create_user("agent@acme.example")
    with pytest.raises(ValueError, match="is taken in org"):
        org.create_user("AGENT@acme.example")
    with pytest.raises(ValueError, match="has the form of an email address"):
        org.create_user("agent")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"login_ip_ranges": ("everywhere",)}, "login_ip_ranges: 'everywhere' does not appear to be"),
        ({"login_hours": (8,)}, "login_hours"),
        ({"login_hours": (18, 8)}, "login_hours"),
        ({"audience_error": "nothing"}, "no row 'nothing' in the error table"),
        ({"error_status": {"nothing": 400}}, "no row 'nothing' in the error table"),
    ],
)
def test_policies_that_make_no_sense_are_refused(settings: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        OrgPolicies(**settings)  # type: ignore[arg-type]


def test_nothing_secret_is_in_a_repr(org: Org, app: App) -> None:
    user = org.create_user("agent@acme.example", password="invented-password", security_token="invented-token")
    shown = repr([org, app, user, app.keys])
    for secret in (app.client_secret, user.password, user.security_token, "PRIVATE KEY"):
        assert secret not in shown
