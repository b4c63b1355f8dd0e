"""Which hosts may be sent a token, and what is said of those that may not."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orgkey.errors import UntrustedHost
from orgkey.org import API_DOMAINS, HostRules, Origin, is_generic_login, login_url_for_domain

RULES = HostRules()
LOCAL = HostRules(allow_loopback_http=True)


@pytest.mark.parametrize("domain", API_DOMAINS)
def test_each_api_domain_is_trusted_with_what_lies_below_it(domain: str) -> None:
    assert RULES.origin(f"https://acme.my.{domain}") == Origin("https", f"acme.my.{domain}", 443)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://acme.my.salesforce.com/", "https://acme.my.salesforce.com"),
        ("https://ACME.My.Salesforce.com", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com:443", "https://acme.my.salesforce.com"),
        (
            "https://acme--dev.sandbox.my.salesforce.com/services/oauth2/token",
            "https://acme--dev.sandbox.my.salesforce.com",
        ),
        ("HTTPS://login.salesforce.com", "https://login.salesforce.com"),
        ("https://127.0.0.1:8443", "https://127.0.0.1:8443"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://localhost", "https://localhost"),
    ],
)
def test_an_origin_is_what_the_url_means(url: str, shown: str) -> None:
    assert str(RULES.origin(url)) == shown


REFUSED = {
    "https://evilsalesforce.com": "not on one of Salesforce's domains",
    "https://salesforce.com.evil.example": "not on one of Salesforce's domains",
    "https://acme.my.salesforce.com.evil.example": "not on one of Salesforce's domains",
    "https://acme.my-salesforce.com": "not on one of Salesforce's domains",
    "https://salesforce.co": "not on one of Salesforce's domains",
    "https://evil.example/acme.my.salesforce.com": "not on one of Salesforce's domains",
    "https://evil.example?x=.salesforce.com": "not on one of Salesforce's domains",
    "https://evil.example#.salesforce.com": "not on one of Salesforce's domains",
    "https://2130706433": "not on one of Salesforce's domains",
    "https://169.254.169.254": "not on one of Salesforce's domains",
    "https://10.0.0.1": "not on one of Salesforce's domains",
    "https://0.0.0.0": "not on one of Salesforce's domains",
    "http://acme.my.salesforce.com": "not https",
    "http://acme.my.salesforce.com:443": "not https",
    "https://acme.my.salesforce.com:8443": "names port 8443",
    "https://acme.my.salesforce.com:80": "names port 80",
    "https://user:hunter2@acme.my.salesforce.com": "user name or a backslash",
    "https://acme.my.salesforce.com@evil.example": "user name or a backslash",
    "https://@acme.my.salesforce.com": "user name or a backslash",
    "https://evil.example\\@acme.my.salesforce.com": "backslash",
    "https://evil.example\\.acme.my.salesforce.com": "backslash",
    "https://acme.my.salesforce.com ": "white space",
    " https://acme.my.salesforce.com": "white space",
    "https://acme.my.sales\tforce.com": "white space",
    "https://acme.my.salesforce.com\n.evil.example": "white space",
    "https://acme.my.salesforce.com\x00": "control characters",
    "https://acme.my.salesforce.com\u200b": "control characters",
    "https://acme.my.salesforce.com.": "no valid host name",
    "https://.salesforce.com": "no valid host name",
    "https://acme..salesforce.com": "no valid host name",
    "https://-acme.my.salesforce.com": "no valid host name",
    "https://acme.my.salesforce.com%2eevil.example": "no valid host name",
    "https://acme.my.sale\u017fforce.com": "no valid host name",
    "https://" + "a" * 250 + ".salesforce.com": "no valid host name",
    "https://acme.my.salesforce.com:99999": "cannot be read as a URL",
    "https://acme.my.salesforce.com:x": "cannot be read as a URL",
    "https://[::1": "cannot be read as a URL",
    "https://": "no valid host name",
    "https:acme.my.salesforce.com": "no valid host name",
    "acme.my.salesforce.com": "does not start with https://",
    "//acme.my.salesforce.com": "does not start with https://",
    "ftp://acme.my.salesforce.com": "does not start with https://",
    "javascript:alert(1)//.salesforce.com": "does not start with https://",
    "file:///etc/passwd": "does not start with https://",
    "": "is empty",
    "   ": "is empty",
    "http://127.0.0.1:8080": "ORGKEY_ALLOW_LOOPBACK_HTTP=1",
    "http://localhost": "ORGKEY_ALLOW_LOOPBACK_HTTP=1",
    "http://[::1]": "ORGKEY_ALLOW_LOOPBACK_HTTP=1",
}


@pytest.mark.parametrize("url", REFUSED)
def test_a_url_that_a_token_may_not_go_to_is_refused_with_its_reason(url: str) -> None:
    with pytest.raises(UntrustedHost) as refusal:
        RULES.origin(url, "SALESFORCE_LOGIN_URL")
    assert REFUSED[url] in str(refusal.value)
    assert "SALESFORCE_LOGIN_URL" in str(refusal.value)


@pytest.mark.parametrize(
    "url", [url for url in REFUSED if "127.0.0.1" not in url and "localhost" not in url and "::1" not in url]
)
def test_asking_for_loopback_http_permits_nothing_else(url: str) -> None:
    with pytest.raises(UntrustedHost):
        LOCAL.origin(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://127.9.9.9", "http://localhost:1", "http://[::1]:8080"]
)
def test_plain_http_to_this_machine_is_permitted_by_name(url: str) -> None:
    assert str(LOCAL.origin(url)) == url


@pytest.mark.parametrize("url", ["http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://localhostx"])
def test_a_name_that_begins_like_this_machine_is_not_this_machine(url: str) -> None:
    with pytest.raises(UntrustedHost):
        LOCAL.origin(url)


def test_a_url_with_a_password_in_it_is_not_repeated() -> None:
    with pytest.raises(UntrustedHost) as refusal:
        RULES.origin("https://user:hunter2@acme.my.salesforce.com")
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.lightning.force.com",
        "https://acme--dev.sandbox.lightning.force.com/lightning/page/home",
        "https://acme.lightning.crmforce.mil",
        "https://acme.my.salesforce-setup.com/lightning/setup/SetupOneHome/home",
        "https://acme--dev.sandbox.my.salesforce-setup.com",
        "https://acme.my.salesforce-setup.mil",
    ],
)
def test_the_address_of_a_page_is_answered_with_the_address_to_use(url: str) -> None:
    kind = "Setup" if "-setup." in url else "Lightning"
    with pytest.raises(UntrustedHost, match=f"is the {kind} page address") as refusal:
        RULES.origin(url)
    domain = "salesforce.mil" if url.endswith(".mil") else "salesforce.com"
    sandbox = ".sandbox" if ".sandbox." in url else ""
    expected = f"https://{url.removeprefix('https://').split('.')[0]}{sandbox}.my.{domain}"
    assert expected in str(refusal.value)


def test_a_trusted_host_stands_for_itself_and_what_lies_below_it() -> None:
    rules = HostRules(trusted_hosts=("gateway.acme.example",))
    assert rules.origin("https://gateway.acme.example").host == "gateway.acme.example"
    assert rules.origin("https://eu.gateway.acme.example").host == "eu.gateway.acme.example"
    for url in (
        "https://evilgateway.acme.example",
        "https://acme.example",
        "https://gateway.acme.example.evil.example",
    ):
        with pytest.raises(UntrustedHost, match="trusted_hosts"):
            rules.origin(url)


def test_a_trusted_host_is_trusted_with_https_on_its_port_only() -> None:
    rules = HostRules(trusted_hosts=("gateway.acme.example",))
    for url in ("http://gateway.acme.example", "https://gateway.acme.example:8443"):
        with pytest.raises(UntrustedHost):
            rules.origin(url)


def test_capitals_in_a_trusted_host_mean_nothing() -> None:
    rules = HostRules(trusted_hosts=("Gateway.ACME.example",))
    assert rules.origin("https://gateway.acme.example").host == "gateway.acme.example"


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@given(LABEL, st.sampled_from(API_DOMAINS))
def test_a_domain_is_matched_at_label_boundaries_only(label: str, domain: str) -> None:
    assume(f"{label}{domain}" not in API_DOMAINS)
    with pytest.raises(UntrustedHost):
        RULES.origin(f"https://{label}{domain}")
    assert RULES.origin(f"https://{label}.{domain}").host == f"{label}.{domain}"


@given(st.text(max_size=60))
def test_any_text_is_an_origin_on_a_trusted_host_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://acme.my.salesforce.com{text}", f"https://{text}.salesforce.com"):
        try:
            origin = RULES.origin(url)
        except UntrustedHost:
            continue
        assert origin.is_loopback or any(origin.host == d or origin.host.endswith(f".{d}") for d in API_DOMAINS)
        assert origin.scheme == "https"


@pytest.mark.parametrize(
    ("domain", "url"),
    [
        ("login", "https://login.salesforce.com"),
        ("test", "https://test.salesforce.com"),
        ("acme.my", "https://acme.my.salesforce.com"),
        ("acme--dev.sandbox.my", "https://acme--dev.sandbox.my.salesforce.com"),
        ("acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("agency.my.salesforce.mil", "https://agency.my.salesforce.mil"),
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
    ],
)
def test_a_domain_means_what_simple_salesforce_means_by_it(domain: str, url: str) -> None:
    assert login_url_for_domain(domain) == url


@pytest.mark.parametrize(
    ("host", "generic"),
    [
        ("login.salesforce.com", True),
        ("test.salesforce.com", True),
        ("acme.my.salesforce.com", False),
        ("login.acme.my.salesforce.com", False),
    ],
)
def test_login_and_test_belong_to_no_org(host: str, generic: bool) -> None:
    assert is_generic_login(host) is generic
