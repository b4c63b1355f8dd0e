"""A tenant that is forgotten and begun anew, with another grant or another org, in two processes."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from consents import allow
from customers import new_customer

import orgkey
from orgkey_tenants import AuthorizationRefused, State, TenantNotActive, Tenants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from customers import Customer
    from fake_clock import FakeClock

    from orgkey_sim import World

CALLBACK = "https://saas.example.com/callback"


@pytest.fixture
def customer(world: World) -> Customer:
    return new_customer(world, callback_urls=[CALLBACK])


@pytest.fixture
def product(make: Callable[..., Tenants]) -> Tenants:
    return make(redirect_uri=CALLBACK)


def consent(product: Tenants, customer: Customer, tenant: str = "acme") -> None:
    url = product.start_authorization(tenant, customer.org.login_url)
    product.complete_authorization(allow(url), browser_cookie=url.browser_cookie)


def enrol(product: Tenants, customer: Customer) -> None:
    product.add_jwt_bearer(
        "acme",
        login_url=customer.org.login_url,
        username=next(iter(customer.org.users.values())).username,
        key=customer.app.private_key_pem,
        client_id=customer.app.client_id,
    )


def test_from_consent_to_a_key_no_key_is_sent_as_a_refresh_token(
    make: Callable[..., Tenants], product: Tenants, customer: Customer
) -> None:
    consent(product, customer)
    elsewhere = make(redirect_uri=CALLBACK)
    old = elsewhere.session("acme")
    old.token()
    product.forget("acme")
    enrol(product, customer)
    refreshes = customer.sent()
    with pytest.raises(TenantNotActive, match="anew"):
        old.renew(old.token())
    assert customer.sent() == refreshes
    assert product.session("acme").token().org_id == customer.org.org_id


def test_from_a_key_to_consent(make: Callable[..., Tenants], product: Tenants, customer: Customer) -> None:
    enrol(product, customer)
    with pytest.raises(AuthorizationRefused, match="key or secret of its own"):
        product.start_authorization("acme")
    elsewhere = make(redirect_uri=CALLBACK)
    old = elsewhere.session("acme")
    old.token()
    product.session("acme").token()
    product.forget("acme")
    consent(product, customer)
    with pytest.raises(TenantNotActive, match="anew"):
        old.renew(old.token())
    assert (product.get("acme").grant, product.get("acme").username) == ("authorization_code", "")
    assert product.session("acme").token().org_id == customer.org.org_id


def test_another_key_under_the_same_id_is_taken_up(
    make: Callable[..., Tenants], product: Tenants, customer: Customer
) -> None:
    enrol(product, customer)
    elsewhere = make()
    old = elsewhere.session("acme")
    old.token()
    product.forget("acme")
    customer.app.replace_certificate()
    enrol(product, customer)
    customer.org.expire_sessions()
    assert old.renew(old.token()).org_id == customer.org.org_id


def test_another_org_may_come_after_forgetting(
    world: World, make: Callable[..., Tenants], product: Tenants, customer: Customer
) -> None:
    consent(product, customer)
    elsewhere = make(redirect_uri=CALLBACK)
    for each in (product, elsewhere):
        each.session("acme").token()
    product.forget("acme")
    elsewhere.sync()
    with pytest.raises(orgkey.TokenRequestError):
        elsewhere.session("acme")
    other = new_customer(world, callback_urls=[CALLBACK])
    consent(product, other)
    for each in (product, elsewhere):
        assert each.session("acme").token().org_id == other.org.org_id
    assert product.get("acme").state is State.ACTIVE


def test_the_audit_trail_says_who(product: Tenants, customer: Customer) -> None:
    consent(product, customer)
    assert {line.actor for line in product.audit("acme")} == {product.owner}
    url = product.reconnect("acme", by="ada")
    product.complete_authorization(allow(url), browser_cookie=url.browser_cookie)
    assert [line.actor for line in product.audit("acme", limit=1)] == ["ada"]


@pytest.mark.parametrize("dead", [True, False], ids=["the grant was dead", "the grant was alive"])
def test_another_administrator_may_reconnect_in_every_process(
    make: Callable[..., Tenants], product: Tenants, customer: Customer, *, dead: bool
) -> None:
    """The one who consented has left, so another one does; a worker that never saw a callback goes on with him."""
    consent(product, customer)
    elsewhere = make(redirect_uri=CALLBACK)
    sessions = [each.session("acme") for each in (product, elsewhere)]
    first = {session.token().user_id for session in sessions}
    if dead:
        customer.org.revoke(customer.app)
        for session in sessions:
            with pytest.raises(orgkey.TokenRequestError):
                session.renew(session.token())
    successor = customer.org.create_user("grace@customer.example")
    customer.app.approve(successor)
    url = product.reconnect("acme", login_hint=successor.username)
    product.complete_authorization(allow(url), browser_cookie=url.browser_cookie)
    customer.org.expire_sessions()
    elsewhere.sync()
    stale = [session.current for session in sessions]
    users = {
        session.token().user_id if old is None else session.renew(old).user_id
        for session, old in zip(sessions, stale, strict=True)
    }
    assert users == {successor.id}
    assert first != users
    assert product.get("acme").user_id == successor.id


def test_a_refresh_that_ends_after_another_administrator_s_consent_pins_nobody(
    product: Tenants, customer: Customer, clock: FakeClock
) -> None:
    consent(product, customer)
    session = product.session("acme")
    first = session.token()
    successor = customer.org.create_user("hedy@customer.example")
    customer.app.approve(successor)
    url = product.reconnect("acme", login_hint=successor.username)

    def reconnect() -> None:
        product.complete_authorization(allow(url), browser_cookie=url.browser_cookie)

    with between_answer_and_session(reconnect):
        late = session.renew(first)
    assert late.user_id == first.user_id
    customer.org.expire_sessions()
    clock.advance(3_600)  # a token that is rejected at once means something else
    assert session.renew(late).user_id == successor.id


@contextmanager
def between_answer_and_session(work: Callable[[], None]) -> Iterator[None]:
    """Do ``work`` once, when a refresh has its answer and the session has not taken it yet."""
    logger, handler = logging.getLogger("orgkey"), logging.Handler()
    todo = [work]

    def emit(record: logging.LogRecord) -> None:
        if record.__dict__["orgkey_event"].kind is orgkey.EventKind.RENEWED and todo:
            todo.pop()()

    handler.emit = emit  # type: ignore[method-assign]
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
    assert not todo
