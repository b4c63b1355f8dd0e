"""A real browser walks the consent: log in, allow or deny, and back to whoever sent it."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from customers import new_customer

import orgkey
from orgkey_tenants import State, Tenants
from orgkey_tenants.loopback import LoopbackReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from customers import Customer
    from selenium.webdriver import Chrome

    from orgkey_sim import World
    from orgkey_tenants import TenantRecord

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER),
        reason="no chromium with its driver here (Debian: apt-get install chromium chromium-driver)",
    ),
]
SECONDS = 20  # until a page must have come


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed here")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    with tempfile.TemporaryDirectory(prefix="orgkey-browser-", ignore_cleanup_errors=True) as profile:
        for argument in (
            "--headless=new",
            "--no-sandbox",  # tests may run as root, in a container
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            f"--user-data-dir={profile}",
        ):
            options.add_argument(argument)
        driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
        driver.set_page_load_timeout(SECONDS)
        yield driver
        driver.quit()


@pytest.fixture
def redirect_uri() -> str:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return f"http://localhost:{free.getsockname()[1]}/callback"


@pytest.fixture
def customer(world: World, redirect_uri: str) -> Customer:
    found = new_customer(world, callback_urls=[redirect_uri])
    found.org.policies.consent_pages = True
    found.org.create_user("ada@customer.example", password="an-invented-password")
    return found


@pytest.fixture
def product(make: Callable[..., Tenants], redirect_uri: str) -> Tenants:
    return make(redirect_uri=redirect_uri)


class Consent:
    """One consent at the product: ``start_url`` is the button that an administrator presses there."""

    def __init__(self, product: Tenants, customer: Customer) -> None:
        self.url = product.start_authorization(customer.tenant, customer.org.login_url)
        self._receiver = LoopbackReceiver(product.redirect_uri)
        self.start_url = self._receiver.start_url
        self.outcome: TenantRecord | Exception | None = None
        self._product = product
        self._thread = threading.Thread(target=self._wait)
        self._thread.start()

    def _wait(self) -> None:
        with self._receiver:
            try:
                self.outcome = self._receiver.receive(self.url, self._complete, 2 * SECONDS)
            except orgkey.OrgkeyError as error:
                self.outcome = error

    def _complete(self, back: orgkey.Secret, cookie: orgkey.Secret) -> TenantRecord:
        return self._product.complete_authorization(back, browser_cookie=cookie)

    def result(self) -> Any:
        self._thread.join(2 * SECONDS)
        assert not self._thread.is_alive()
        return self.outcome


def press(browser: Chrome, button: str) -> None:
    browser.find_element("id", button).click()


def wait_for(browser: Chrome, element: str) -> str:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, SECONDS).until(lambda page: page.find_elements("id", element))[0].text


def log_in(browser: Chrome, password: str) -> None:
    wait_for(browser, "Login")
    name = browser.find_element("id", "username")
    name.clear()
    name.send_keys("ada@customer.example")
    browser.find_element("id", "password").send_keys(password)
    press(browser, "Login")


def test_an_administrator_logs_in_and_allows(browser: Chrome, product: Tenants, customer: Customer) -> None:
    consent = Consent(product, customer)
    browser.get(consent.start_url)
    log_in(browser, "wrong")
    assert "check your username and password" in wait_for(browser, "error")
    log_in(browser, "an-invented-password")
    assert "Perform requests at any time" in wait_for(browser, "scopes")
    press(browser, "oaapprove")
    assert wait_for(browser, "outcome") == f"{customer.tenant} is connected. You can close this window."
    assert consent.result().state is State.ACTIVE
    assert product.session(customer.tenant).token().org_id == customer.org.org_id


def test_an_administrator_denies(browser: Chrome, product: Tenants, customer: Customer) -> None:
    consent = Consent(product, customer)
    browser.get(consent.start_url)
    log_in(browser, "an-invented-password")
    wait_for(browser, "oadeny")
    press(browser, "oadeny")
    assert "could not be completed" in wait_for(browser, "outcome")
    failure = consent.result()
    assert isinstance(failure, orgkey.TokenRequestError)
    assert failure.diagnosis.cause.id == "CONSENT_DENIED"
    assert product.get(customer.tenant).state is State.PENDING


def test_a_browser_that_was_sent_a_link_finishes_nothing(browser: Chrome, product: Tenants, customer: Customer) -> None:
    """Login CSRF: somebody sends his own authorize link to another browser."""
    consent = Consent(product, customer)
    browser.delete_all_cookies()
    browser.get(consent.url)
    log_in(browser, "an-invented-password")
    wait_for(browser, "oaapprove")
    press(browser, "oaapprove")
    assert "was not sent from here" in wait_for(browser, "outcome")
    assert product.get(customer.tenant).state is State.PENDING
    browser.get(consent.start_url)  # the one that was sent can still finish
    log_in(browser, "an-invented-password")
    wait_for(browser, "oaapprove")
    press(browser, "oaapprove")
    assert "is connected" in wait_for(browser, "outcome")
    assert consent.result().state is State.ACTIVE
