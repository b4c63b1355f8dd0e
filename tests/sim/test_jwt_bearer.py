from __future__ import annotations

import base64
import json
import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from logins import JWT_BEARER, Login

from orgkey_sim import World

if TYPE_CHECKING:
    from orgkey_sim import App, Org


def refusal(answer: httpx.Response, status: int = 400) -> tuple[str, str]:
    assert answer.status_code == status, answer.text
    return answer.json()["error"], answer.json()["error_description"]


def test_the_answer_has_the_fields_of_this_flow_and_no_others(login: Login, app: App, org: Org) -> None:
    answer = login.jwt()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache, no-store"
    body = answer.json()
    assert body.keys() == {"access_token", "scope", "instance_url", "id", "token_type"}
    assert re.fullmatch(org.org_id[:15] + r"![A-Za-z0-9._]{90,}", body.pop("access_token"))
    (user,) = org.users.values()
    assert body == {
        "scope": "api",
        "instance_url": org.login_url,
        "id": f"{org.login_url}/id/{org.org_id}/{user.id}",
        "token_type": "Bearer",
    }


def test_issued_at_and_signature_are_a_switch(login: Login, org: Org) -> None:
    org.policies.issued_at_in_jwt_answer = True
    assert {"issued_at", "signature"} <= login.jwt().json().keys()


def test_the_token_opens_the_data_api(login: Login) -> None:
    assert login.limits(login.token()).status_code == 200


@pytest.mark.parametrize("shape", ["decimal text", "seconds", "fractions", "milliseconds", "text in milliseconds"])
def test_exp_is_read_in_every_shape_clients_send(login: Login, shape: str) -> None:
    def in_shape(seconds: float) -> object:
        return {
            "decimal text": str(int(seconds)),
            "seconds": int(seconds),
            "fractions": seconds + 0.5,
            "milliseconds": int(seconds * 1000),
            "text in milliseconds": str(int(seconds * 1000)),
        }[shape]

    now = time.time()
    assert login.jwt(exp=in_shape(now + 170)).status_code == 200
    assert login.jwt(exp=in_shape(now + 10**8)).status_code == 200
    assert refusal(login.jwt(exp=in_shape(now - 200))) == ("invalid_grant", "expired authorization code")


@pytest.mark.parametrize("exp", [None, True, "soon", [], {}, "", "nan"])
def test_an_exp_that_cannot_be_read_is_refused(login: Login, exp: object) -> None:
    assert refusal(login.jwt(exp=exp)) == ("invalid_grant", "expired authorization code")


def test_three_minutes_of_clock_difference_are_let_pass(login: Login) -> None:
    assert login.jwt(exp=int(time.time()) - 170).status_code == 200


def test_a_longest_validity_is_a_switch(login: Login, org: Org) -> None:
    org.policies.assertion_max_seconds = 300
    assert login.jwt(exp=int(time.time()) + 290).status_code == 200
    assert refusal(login.jwt(exp=int(time.time()) + 900)) == ("invalid_grant", "expired authorization code")


def test_moving_the_worlds_clock_ages_sessions_and_no_assertions(salesforce_world: World) -> None:
    org = salesforce_world.create_org("acme")
    with Login(org.create_app("Agent")) as login:
        token = login.token()
        salesforce_world.clock.advance(7200)
        assert login.limits(token).status_code == 401
        assert login.limits(login.token()).status_code == 200


def test_an_org_whose_clock_is_ahead_says_so_in_its_date_header(login: Login, org: Org) -> None:
    org.policies.clock_skew_seconds = 3600
    answer = login.jwt()
    assert refusal(answer) == ("invalid_grant", "expired authorization code")
    assert parsedate_to_datetime(answer.headers["Date"]).timestamp() == pytest.approx(time.time() + 3600, abs=5)


def test_the_audiences_of_a_production_org(login: Login, org: Org) -> None:
    for audience in (
        "https://login.salesforce.com",
        "https://login.salesforce.com/",
        f"https://{org.my_domain}",
        f"https://{org.my_domain}/",
        org.login_url,
        org.login_url + "/",
        ["https://login.salesforce.com"],
    ):
        assert login.jwt(aud=audience).status_code == 200, audience
    for audience in (
        "https://test.salesforce.com",
        "http://login.salesforce.com",
        "login.salesforce.com",
        "",
        None,
        [],
    ):
        error, description = refusal(login.jwt(aud=audience))
        assert error == "invalid_grant"
        assert description == f"audience is invalid  [audience={audience} login=https://login.salesforce.com]"


def test_the_audiences_of_a_sandbox(shared_world: World) -> None:
    org = shared_world.create_org("aud--dev", kind="sandbox")
    with Login(org.create_app("Agent")) as login:
        assert login.jwt(aud="https://test.salesforce.com").status_code == 200
        assert login.jwt(aud="https://aud--dev.sandbox.my.salesforce.com").status_code == 200
        error, description = refusal(login.jwt(aud="https://login.salesforce.com"))
        assert (error, "login=https://test.salesforce.com]" in description) == ("invalid_grant", True)


def test_only_the_key_of_the_certificate_signs(login: Login, app: App) -> None:
    assert login.jwt().status_code == 200
    app.replace_certificate()
    assert refusal(login.jwt()) == ("invalid_grant", "invalid assertion")
    with Login(app) as renewed:
        assert renewed.jwt().status_code == 200


def test_an_app_without_the_flow_trusts_no_signature(login: Login, app: App) -> None:
    app.disable_flow("jwt_bearer")
    assert refusal(login.jwt()) == ("invalid_grant", "invalid assertion")
    app.enable_flow("jwt_bearer")
    assert login.jwt().status_code == 200


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_other_algorithms_and_broken_assertions_are_refused(login: Login) -> None:
    good = login.assertion()
    header, claims, signature = good.split(".")
    body = json.loads(base64.urlsafe_b64decode(claims + "=="))
    for assertion in (
        f"{encoded({'alg': 'none'})}.{claims}.",
        f"{encoded({'alg': 'RS512'})}.{claims}.{signature}",
        jwt.encode(body, login.client_secret, algorithm="HS256"),
        f"{header}.{claims}",
        f"{header}.{claims}.{signature}.",
        f"{header}.{encoded({**body, 'sub': 'admin@other.example'})}.{signature}",
        f"{encoded([])}.{claims}.{signature}",
        f"{header}.{encoded('text')}.{signature}",
        "a.b.c",
        "...",
        "\u00e9.\u00e9.\u00e9",
    ):
        answer = login.post(grant_type=JWT_BEARER, assertion=assertion)
        assert refusal(answer) == ("invalid_grant", "invalid assertion"), assertion


def test_a_good_signature_under_another_algorithms_name_is_refused(login: Login) -> None:
    _, claims, _ = login.assertion().split(".")
    signed = f"{encoded({'alg': 'RS512'})}.{claims}"
    signature = login.private_key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    assertion = f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    answer = login.post(grant_type=JWT_BEARER, assertion=assertion)
    assert refusal(answer) == ("invalid_grant", "invalid assertion")


def test_prn_wins_over_sub_and_case_does_not_matter(login: Login, org: Org) -> None:
    other = org.create_user("Other@acme.example")
    answer = login.jwt(prn="OTHER@acme.example")
    assert answer.json()["id"].endswith(other.id)


def test_a_user_who_is_not_in_this_org_has_not_approved(login: Login) -> None:
    assert refusal(login.jwt(sub="nobody@acme.example")) == ("invalid_grant", "user hasn't approved this consumer")


def test_parameters_may_come_chunked_or_in_the_query_string(login: Login) -> None:
    form = httpx.QueryParams({"grant_type": JWT_BEARER, "assertion": login.assertion()})
    chunks = iter([str(form)[:100].encode(), str(form)[100:].encode()])
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = login.http.post("/services/oauth2/token", content=chunks, headers=headers)
    assert answer.request.headers["Transfer-Encoding"] == "chunked"
    assert answer.status_code == 200
    assert login.http.post("/services/oauth2/token", params=form).status_code == 200


@pytest.mark.parametrize(
    ("kind", "host", "outcome"),
    [
        ("production", "login.salesforce.com", 200),
        ("production", "test.salesforce.com", "user hasn't approved this consumer"),
        ("sandbox", "test.salesforce.com", 200),
        ("sandbox", "login.salesforce.com", "user hasn't approved this consumer"),
    ],
)
def test_a_connected_app_logs_in_at_the_login_host_of_its_kind_of_org(
    shared_world: World, kind: str, host: str, outcome: object
) -> None:
    org = shared_world.create_org(f"{kind}-at-{host.partition('.')[0]}", kind=kind)
    app = org.create_app("Agent", kind="connected_app")
    with Login(app, url=shared_world.http_url) as login:
        login.http.headers["Host"] = host
        answer = login.jwt(aud=f"https://{org.login_host}")
        if outcome == 200:
            assert answer.json()["instance_url"] == f"https://{org.my_domain}"
            assert answer.json()["id"].startswith(f"https://{host}/id/{org.org_id}/")
        else:
            assert refusal(answer) == ("invalid_grant", outcome)


def test_an_external_client_app_is_unknown_at_login_hosts_unless_the_switch_is_on(
    shared_world: World, org: Org
) -> None:
    with Login(org.create_app("Generic"), url=shared_world.http_url) as login:
        login.http.headers["Host"] = "login.salesforce.com"
        assert refusal(login.jwt(aud="https://login.salesforce.com"))[0] == "app_not_found"
        org.policies.eca_on_generic_hosts = True
        assert login.jwt(aud="https://login.salesforce.com").status_code == 200


def test_the_my_domain_of_another_org_does_not_know_the_app(shared_world: World, app: App) -> None:
    other = shared_world.create_org("stranger")
    with Login(app, url=other.login_url) as login:
        assert refusal(login.jwt())[0] == "app_not_found"


def test_a_jwt_format_token_names_its_expiry_and_does_not_slide(salesforce_world: World) -> None:
    org = salesforce_world.create_org("acme")
    org.policies.jwt_token_minutes = 30
    app = org.create_app("Agent", token_format="jwt", scopes=["api", "openid"])
    with Login(app) as login:
        answer = login.jwt().json()
        token = answer["access_token"]
        header = jwt.get_unverified_header(token)
        assert (header["tty"], header["alg"]) == ("sfdc-core-token", "RS256")
        (key,) = login.http.get("/id/keys").json()["keys"]
        claims = jwt.decode(token, jwt.PyJWK(key).key, algorithms=["RS256"], audience=f"https://{org.my_domain}")
        assert claims["exp"] - claims["iat"] == 1800
        assert claims["scp"] == "api openid"
        assert answer["api_instance_url"] == org.login_url
        salesforce_world.clock.advance(1500)
        assert login.limits(token).status_code == 200
        salesforce_world.clock.advance(301)
        assert login.limits(token).status_code == 401
