"""Logins when the session of a simple-salesforce client dies under many threads, and when it stays dead."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import simple_salesforce
from harness import Effort, Goal, Row, alternate
from requests.adapters import HTTPAdapter
from simple_salesforce_org import OrgProcess

import orgkey
from orgkey_simple_salesforce import Salesforce, SessionRejected

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TITLE", "log_in_ours", "log_in_theirs", "measure"]

TITLE: Final = "Logins of simple-salesforce clients when the session dies"

_OURS: Final = "orgkey-simple-salesforce"
_THEIRS: Final = "simple-salesforce"
_HERDS: Final = (8, 64)
_ROUNDS_OF_DEATH: Final = 3  # each costs simple-salesforce about a thousand logins


def measure(effort: Effort) -> list[Row]:
    """Token requests, counted by the org, after the first login. Both clients log in by Client Credentials."""
    rows: list[Row] = []
    with OrgProcess() as org:
        org.through_proxy()
        for threads in _HERDS:
            with ThreadPoolExecutor(threads) as pool:
                counts = {name: partial(_stampede, org, log_in, pool, threads) for name, log_in in _CLIENTS.items()}
                rows += _rows(f"{threads} threads on an expired token", alternate(counts, effort.rounds))
        counts = {name: partial(_stay_dead, org, log_in) for name, log_in in _CLIENTS.items()}
        rows += _rows("a session that stays dead: sf.Contact.describe()", alternate(counts, _ROUNDS_OF_DEATH))
    return rows


def log_in_ours(org: OrgProcess) -> Salesforce:
    """The drop-in."""
    auth = orgkey.connect(
        login_url=f"https://{org.address['my_domain']}",
        client_id=org.address["client_id"],
        client_secret=org.address["client_secret"],
        ca_file=org.address["ca_file"],
    )
    return Salesforce(auth=auth)


def log_in_theirs(org: OrgProcess) -> Any:
    """simple-salesforce itself, with the only login of its own that it can repeat without a password and a key."""
    return simple_salesforce.Salesforce(
        consumer_key=org.address["client_id"],
        consumer_secret=org.address["client_secret"],
        domain=org.address["my_domain"].removesuffix(".salesforce.com"),
    )


_CLIENTS: Final[dict[str, Callable[[OrgProcess], Any]]] = {_OURS: log_in_ours, _THEIRS: log_in_theirs}


def _rows(figure: str, samples: dict[str, tuple[float, ...]]) -> list[Row]:
    goals = {_OURS: Goal("=", 1)}
    return [Row(figure, name, "", samples[name], goals.get(name)) for name in _CLIENTS]


def _stampede(org: OrgProcess, log_in: Callable[[OrgProcess], Any], pool: ThreadPoolExecutor, threads: int) -> int:
    sf = log_in(org)
    sf.session.mount("https://", HTTPAdapter(pool_maxsize=threads))
    org.expire()
    before = org.logins()
    sizes = list(pool.map(lambda _: sf.query("SELECT Id FROM Contact LIMIT 1")["totalSize"], range(threads)))
    assert sizes == [1] * threads
    return org.logins() - before


def _stay_dead(org: OrgProcess, log_in: Callable[[OrgProcess], Any]) -> int:
    sf = log_in(org)
    before = org.logins()
    org.reject_all(on=True)
    with suppress(SessionRejected, RecursionError):
        sf.Contact.describe()
        raise AssertionError("the call succeeded")
    org.reject_all(on=False)
    return org.logins() - before
