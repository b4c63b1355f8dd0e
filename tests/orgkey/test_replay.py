"""The exchange by itself: which steps it asks for, what it makes of each answer, and what it never does."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

import orgkey
from orgkey.errors import TokenRequestError
from orgkey.replay import SEND, NeedToken, exchange, run_exchange
from orgkey_sim import Org

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_clock import FakeClock

    LogIn = Callable[..., orgkey.OrgSession]

EXPIRED = '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'
NOT_FOR_REST = '[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]'


class PlainCall:
    """The smallest thing that is a call."""

    def __init__(
        self,
        session: orgkey.OrgSession,
        path: str = "/services/data/v66.0/limits",
        content: bytes | None = None,
        *,
        spent: bool = False,
    ) -> None:
        login = session.login
        self.place: tuple[str, str, int] = (login.scheme, login.host, login.port)
        self.path = path
        self.headers: dict[str, str] = {}
        self.content = content
        self.spent = spent
        self.rewound = 0

    def move_to(self, place: Any) -> None:
        self.place = place

    def has_header(self, name: str) -> bool:
        return name in self.headers

    def set_header(self, name: str, value: str) -> None:
        self.headers[name] = value

    def body(self) -> bytes | None:
        return self.content

    def set_body(self, body: bytes) -> None:
        self.content = body

    def rewind(self) -> bool:
        self.rewound += 1
        return not self.spent


class PlainReply:
    """An answer that notes whether its body was read."""

    def __init__(self, status_code: int, text: str = "") -> None:
        self.status_code = status_code
        self._text = text
        self.read = False

    @property
    def text(self) -> str:
        self.read = True
        return self._text


def run(session: orgkey.OrgSession, call: PlainCall, *replies: PlainReply) -> tuple[PlainReply, str, list[str]]:
    """The last reply, the id of the cause (or nothing), and the Authorization header of each sending."""
    waiting, sent = iter(replies), []

    def send() -> PlainReply:
        sent.append(call.headers.get("Authorization", "").removeprefix("Bearer "))
        return next(waiting)

    reply, diagnosis = run_exchange(session, call, send)
    assert next(waiting, None) is None, "fewer sendings than answers"
    return reply, diagnosis.cause.id if diagnosis else "", sent


def test_a_call_that_gets_through_is_sent_once(session: orgkey.OrgSession) -> None:
    call = PlainCall(session)
    reply, cause, sent = run(session, call, PlainReply(200, "{}"))
    assert (reply.status_code, cause, reply.read) == (200, "", False)
    assert sent == [session.token().reveal()]
    assert call.rewound == 0


def test_an_expired_token_is_replaced_and_the_call_sent_again(session: orgkey.OrgSession, org: Org) -> None:
    first = session.token()
    reply, cause, sent = run(session, PlainCall(session), PlainReply(401, EXPIRED), PlainReply(200))
    assert (reply.status_code, cause) == (200, "")
    assert sent == [first.reveal(), session.token().reveal()]
    assert (session.token().generation, org.token_requests) == (2, 2)


def test_it_is_never_sent_a_third_time(session: orgkey.OrgSession, org: Org) -> None:
    reply, cause, sent = run(session, PlainCall(session), PlainReply(401, EXPIRED), PlainReply(401, EXPIRED))
    assert (reply.status_code, cause, len(sent)) == (401, "FRESH_TOKEN_REJECTED", 2)
    assert org.token_requests == 2


def test_what_the_replay_brings_is_final(session: orgkey.OrgSession, org: Org) -> None:
    reply, cause, _ = run(session, PlainCall(session), PlainReply(401, EXPIRED), PlainReply(503, EXPIRED))
    assert (reply.status_code, cause, org.token_requests) == (503, "", 2)


def test_a_session_that_is_not_for_the_api_is_explained(session: orgkey.OrgSession, org: Org) -> None:
    _, cause, sent = run(session, PlainCall(session), PlainReply(401, NOT_FOR_REST))
    assert (cause, len(sent), org.token_requests) == ("SESSION_NOT_FOR_REST_API", 1, 1)


def test_a_spent_body_is_explained_and_the_token_renewed(session: orgkey.OrgSession, org: Org) -> None:
    reply, cause, sent = run(session, PlainCall(session, spent=True), PlainReply(401, EXPIRED))
    assert (reply.status_code, cause, len(sent)) == (401, "BODY_NOT_REPLAYABLE", 1)
    assert (session.token().generation, org.token_requests) == (2, 2)


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("/services/Soap/m/66.0", PlainReply(500, "<faultcode>sf:INVALID_SESSION_ID</faultcode>")),
        ("/services/async/66.0/job", PlainReply(400, "<exceptionCode>InvalidSessionId</exceptionCode>")),
    ],
)
def test_a_jwt_format_token_where_none_is_taken_is_explained(
    log_in: LogIn, org: Org, path: str, reply: PlainReply
) -> None:
    session = log_in(org.create_app("JWT", token_format="jwt"))
    _, cause, _ = run(session, PlainCall(session, path), reply)
    assert (cause, org.token_requests) == ("JWT_TOKEN_REST_ONLY", 1)


@pytest.mark.parametrize("status", [200, 204, 302, 404, 409, 429, 502, 503])
def test_bodies_are_not_read_where_nothing_is_told_in_them(session: orgkey.OrgSession, status: int) -> None:
    reply, cause, _ = run(session, PlainCall(session), PlainReply(status, EXPIRED))
    assert (reply.read, cause) == (False, "")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/services/data/v66.0/query", {401}),
        ("/services/data/v66.0/jobs/query", {401}),
        ("/services/apexrest/orders", {401}),
        ("/services/async/66.0/job", {400}),
        ("/services/Async/66.0/job", {400}),
        ("/services/Soap/u/66.0", {500}),
        ("/services/Soap/m/66.0/00D5g000004HfQr", {500}),
        ("/services/soap/class/Orders", {500}),
        ("/services/oauth2/userinfo", {403}),
        ("/id/00D5g000004HfQrEAK/0055g00000BnLmAAAV", {403}),
    ],
)
def test_each_path_has_its_own_expiry_signal(session: orgkey.OrgSession, path: str, expected: set[int]) -> None:
    said = (
        "INVALID_SESSION_ID Bad_OAuth_Token <faultcode>sf:INVALID_SESSION_ID</faultcode> "
        "<exceptionCode>InvalidSessionId</exceptionCode>"
    )
    for status in range(200, 600):
        generation = session.token().generation
        flow = exchange(session, PlainCall(session, path))
        assert next(flow) is SEND
        step = None
        with suppress(StopIteration):
            step = flow.send(PlainReply(status, said))
        assert isinstance(step, NeedToken) is (status in expected), status
        assert session.token().generation == generation


def test_the_words_must_stand_at_the_beginning_of_an_answer(session: orgkey.OrgSession, org: Org) -> None:
    _, cause, _ = run(session, PlainCall(session), PlainReply(401, "x" * 100_000 + EXPIRED))
    assert (cause, org.token_requests) == ("", 1)


def test_a_renewal_that_fails_is_raised(session: orgkey.OrgSession, org: Org) -> None:
    session.token()
    org.refuse_next("user_not_approved")
    with pytest.raises(TokenRequestError) as failure:
        run(session, PlainCall(session), PlainReply(401, EXPIRED))
    assert failure.value.diagnosis.cause.id == "USER_NOT_APPROVED"


def test_the_renewal_is_for_the_token_that_was_sent(session: orgkey.OrgSession, org: Org) -> None:
    flow = exchange(session, PlainCall(session))
    step = next(flow)
    while isinstance(step, NeedToken):
        step = flow.send(step.get(session))
    sent = session.token()
    newer = session.renew(sent)  # by somebody else, while the call is on its way
    step = flow.send(PlainReply(401, EXPIRED))
    assert step == NeedToken(sent)
    assert step.get(session) is newer
    assert org.token_requests == 2


def test_a_call_to_another_host_is_sent_as_it_came(session: orgkey.OrgSession, org: Org) -> None:
    call = PlainCall(session)
    call.place = ("https", "evil.example", 443)
    _, cause, sent = run(session, call, PlainReply(401, EXPIRED))
    assert (cause, sent, call.headers) == ("", [""], {})
    assert org.token_requests == 1


def test_a_server_error_is_no_proof_that_the_token_is_good(session: orgkey.OrgSession, clock: FakeClock) -> None:
    second = session.renew(session.token())
    run(session, PlainCall(session), PlainReply(503))
    assert session.rejected(second).cause.id == "FRESH_TOKEN_REJECTED"


def test_a_server_error_to_the_replay_is_no_proof_either(session: orgkey.OrgSession) -> None:
    run(session, PlainCall(session), PlainReply(401, EXPIRED), PlainReply(503))
    assert session.rejected(session.token()).cause.id == "FRESH_TOKEN_REJECTED"


def test_any_other_answer_is_proof_that_the_token_is_good(session: orgkey.OrgSession) -> None:
    second = session.renew(session.token())
    run(session, PlainCall(session), PlainReply(404))
    assert session.rejected(second).cause.id == "SESSION_EXPIRED"
