"""The kit itself: each behaviour fails on an adapter that lacks it."""

from __future__ import annotations

import conformance
import pytest
import requests
from conformance import Adapter, conformance_world, try_out

import orgkey
from orgkey_simple_salesforce import Salesforce

__all__ = ["conformance_world"]


class Plain:
    """An adapter as people write it: a token for good, no renewal, all errors as text, and all secrets on view."""

    def __init__(self, auth):
        self.token, self.url = auth.token().reveal(), auth.instance_url
        self.auth = auth

    def __repr__(self):
        return f"Plain({self.token})"

    def ask(self, query):
        answer = requests.get(
            f"{self.url}/services/data/v60.0/query",
            params={"q": query},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=10,
        )
        return answer.json() if answer.ok else f"Error: {answer.text}"


class Renewing(Plain):
    """One that logs in anew by itself, everybody on his own, and again and again."""

    def ask(self, query):
        answer = super().ask(query)
        if isinstance(answer, str):
            another = orgkey.OrgSession(self.auth.grant, self.auth.login_url, self.auth.options)
            self.token = another.token().reveal()
            answer = super().ask(query)
        return answer


class Writing(Plain):
    """One that takes any statement for something to send somewhere."""

    def ask(self, query):
        if query != conformance.QUERY:
            requests.post(f"{self.url}/services/data/v60.0/sobjects/Contact", json={"LastName": "x"}, timeout=10)
        return super().ask(query)


def careless(kind):
    def make(auth, most_rows):
        held = kind(auth)
        return Adapter(held, held.ask, None, lambda answer: answer["records"], notice=lambda answer: "")

    return make


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (conformance.expired_session, Plain),
        (conformance.herd, Renewing),
        (conformance.dead_grant, Plain),
        (conformance.rejected_for_good, Plain),
        (conformance.secret_canary, Plain),
        (conformance.bad_input, Writing),
        (conformance.caps, Plain),
    ],
    ids=lambda value: value.__name__,
)
async def test_a_behaviour_fails_where_it_is_missing(conformance_world, behaviour, kind):
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await try_out(conformance_world, behaviour, careless(kind))


async def test_the_same_behaviour_passes_where_it_is_there(conformance_world):
    def make(auth, most_rows):
        sf = Salesforce(auth=auth)
        return Adapter(sf, sf.query, None, lambda answer: answer["records"])

    await try_out(conformance_world, conformance.expired_session, make)
