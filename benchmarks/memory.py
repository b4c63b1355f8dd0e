"""What an idle session holds in memory, where ten thousand of them share a key and one HTTP pool."""

from __future__ import annotations

import gc
import tracemalloc
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

import clients
import httpx
import psutil
from cryptography.hazmat.primitives.asymmetric import rsa
from harness import Effort, Goal, Row, alternate
from token_endpoint import TokenEndpoint

import orgkey

if TYPE_CHECKING:
    from collections.abc import Callable

    # Makes the one with this number.
    MakeOne = Callable[[int], object]

__all__ = ["TITLE", "measure"]

TITLE: Final = "Memory per idle session"

_LIMIT: Final = 4.0  # KiB
_PEERS: Final = 20  # made in a round


def measure(effort: Effort) -> list[Row]:
    """KiB for each, and how many HTTP clients are behind all sessions.

    The goal is about Python's own objects, which tracemalloc sees. What a TLS context holds it does not see, so the
    comparison with others is by resident memory.
    """
    signer = orgkey.RSASigner(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    each = effort.sessions // effort.rounds + 1
    with TokenEndpoint() as endpoint:
        logged_in, unused = (partial(make, signer, endpoint.url) for make in (_logged_in, _session))
        ours = {
            "orgkey, logged in": _sampler(logged_in, each, _objects),
            "orgkey, not used yet": _sampler(unused, each, _objects),
        }
        tracemalloc.start()
        objects = alternate(ours, effort.rounds)
        tracemalloc.stop()
        pools = _http_clients()
        everybody = {
            "orgkey, logged in": _sampler(logged_in, each, _resident),
            "google-auth AuthorizedSession": _sampler(partial(_google_auth, endpoint.url), _PEERS, _resident),
            "Authlib OAuth2Session": _sampler(partial(_authlib, endpoint.url), _PEERS, _resident),
            "an httpx.Client": _sampler(lambda _: httpx.Client(), _PEERS, _resident),
        }
        resident = alternate(everybody, effort.rounds)
    figure = "Python objects, beyond a shared key"
    rows = [Row(figure, name, "KiB", samples, Goal("≤", _LIMIT)) for name, samples in objects.items()]
    rows += [Row("resident memory", name, "KiB", samples) for name, samples in resident.items()]
    figure = f"HTTP pools behind {effort.sessions:,} sessions"
    return [*rows, Row(figure, "orgkey, logged in", "", (float(pools),), Goal("=", 1))]


def _session(signer: orgkey.Signer, login_url: str, number: int) -> orgkey.OrgSession:
    grant = orgkey.JWTBearer("bench-consumer-key", f"agent{number}@example.com", signer)
    return orgkey.OrgSession(grant, login_url, orgkey.SessionOptions(allow_loopback_http=True))


def _logged_in(signer: orgkey.Signer, login_url: str, number: int) -> orgkey.OrgSession:
    session = _session(signer, login_url, number)
    session.token()
    return session


def _google_auth(login_url: str, _number: int) -> clients.Client:
    return clients.google_auth(clients.Api(), login_url)


def _authlib(login_url: str, _number: int) -> clients.Client:
    return clients.authlib_on_requests(clients.Api(), login_url)


def _sampler(make: MakeOne, each: int, held: Callable[[], int]) -> Callable[[], float]:
    """What makes ``each`` more and says how many KiB one took. All stay alive, as in a process that serves them."""
    numbers = count()
    alive = [make(next(numbers))]  # the first one also loads what all of them share

    def sample() -> float:
        before = held()
        alive.extend(make(next(numbers)) for _ in range(each))
        return (held() - before) / each / 1024

    return sample


def _objects() -> int:
    """Bytes in Python's own objects."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def _resident() -> int:
    """Bytes of this process in memory."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def _http_clients() -> int:
    gc.collect()
    return sum(type(thing) is httpx.Client for thing in gc.get_objects())
