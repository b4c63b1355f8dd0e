"""What every adapter must do, whatever framework it is for: give a factory, and each behaviour is tried on it.

    class TestMyAdapter(Conformance):
        def make(self, auth, most_rows):
            tool = MyTool(auth)
            return Adapter(held=tool, ask=tool.run, aask=tool.arun, rows=lambda answer: answer["records"])

The behaviours themselves are plain functions of a :class:`Stage`; :class:`Conformance` runs them with pytest, on the
local Salesforce, each by threads and, where the adapter has a way for tasks, by tasks too.
"""

from __future__ import annotations

import asyncio
import io
import itertools
import logging
import pickle
import re
import traceback
import warnings
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

import orgkey
import orgkey_sim

CONTACTS: Final = 30
QUERY: Final = "SELECT Id, LastName FROM Contact ORDER BY Id LIMIT 5"
ALL_ROWS: Final = "SELECT Id FROM Contact ORDER BY Id"
AGENT: Final = "agent@acme.example"
CROWD: Final = 40

# What a model may come up with. Each is to be refused in words; none may do anything else than read.
BAD_INPUT: Final[tuple[Any, ...]] = (
    None,
    7,
    ["Contact"],
    {"query": {"query": {"query": "SELECT Id FROM Contact"}}},
    "",
    " \n\t ",
    "DROP TABLE Contact",
    "DELETE FROM Contact",
    "SELECT Nothing FROM Contact",
    "SELECT Id FROM Contact WHERE LastName = 'O'Hara'",
    "SELECT Id FROM Contact; SELECT Id FROM User",
    "SELECT Id FROM Contact WHERE LastName = '\ud800'",
    "SELECT Id FROM Contact WHERE LastName = 'a\0b'",
    "SELECT Id FROM \u202etcatnoC",
    "\uff33ELECT Id FROM Contact",
    "SELECT Id FROM Contact WHERE LastName = '" + "x" * 1_000_000 + "'",
    "../../../oauth2/token",
)
_READ_PATHS: Final = ("/query", "/search", "/sobjects", "/services/oauth2/token")

Way = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True)
class Adapter:
    """One adapter, as the kit sees it.

    Attributes
    ----------
    held:
        What a program holds of it: no secret may be seen in it, however it is shown.
    ask:
        Runs a SOQL query.
    aask:
        The same for a task; None where the adapter has no such way.
    rows:
        The rows of an answer.
    refusals:
        What ``ask`` raises for a query that will not do; none where it answers with a text.
    echoes:
        Its refusals repeat what they were given, whole, as those of the library it replaces do.
    notice:
        Where the adapter cuts an answer: what it says of that. None where it never cuts.

    """

    held: Any
    ask: Callable[[Any], Any]
    aask: Way | None
    rows: Callable[[Any], list[Any]]
    refusals: tuple[type[BaseException], ...] = ()
    echoes: bool = False
    notice: Callable[[Any], str] | None = None


@dataclass
class Stage:
    """An adapter on its own org, and one way to ask it."""

    org: orgkey_sim.Org
    app: orgkey_sim.App
    auth: orgkey.OrgSession
    adapter: Adapter
    ask: Way
    secrets: list[str] = field(default_factory=list, repr=False)

    async def rows(self, query: Any = QUERY) -> list[Any]:
        """The rows that the adapter answers with."""
        answer = await self.ask(query)
        assert not isinstance(answer, str), f"a good query was answered with: {answer[:200]}"
        return self.adapter.rows(answer)

    async def failure(self, query: Any = QUERY) -> BaseException:
        """What the adapter raises."""
        try:
            answer = await self.ask(query)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is looked at
            return error
        pytest.fail(f"it must raise, and answered: {str(answer)[:300]}")


# --- the behaviours ---------------------------------------------------------------------------------------------------


async def expired_session(stage: Stage) -> None:
    """A session that ends between two questions is renewed with one token request, and nobody notices."""
    before = await stage.rows()
    assert len(before) == 5
    stage.org.expire_sessions()
    stage.org.clear_log()
    assert await stage.rows() == before
    assert stage.org.token_requests == 1
    assert [entry.status for entry in stage.org.log if entry.endpoint == "rest"][:2] == [401, 200]


async def herd(stage: Stage) -> None:
    """However many meet the end of a session, one token request is made, and all get their answers."""
    expected = await stage.rows()
    stage.org.expire_sessions()
    stage.org.clear_log()
    stage.org.faults.add("token", delay=0.2)
    answers = await asyncio.gather(*(stage.rows() for _ in range(CROWD)))
    assert all(answer == expected for answer in answers)
    assert stage.org.token_requests == 1


async def dead_grant(stage: Stage) -> None:
    """A grant that is dead raises with its diagnosis, is never an answer, and is not asked for again and again."""
    await stage.rows()
    stage.org.user(AGENT).deactivate()
    stage.org.expire_sessions()
    stage.org.clear_log()
    for _ in range(10):
        error = await stage.failure()
        diagnosis = getattr(error, "diagnosis", None)
        assert isinstance(diagnosis, orgkey.Diagnosis), f"{type(error).__name__} has no diagnosis: {error}"
        assert diagnosis.permanent
        assert diagnosis.cause.id in str(error), "the text does not name the cause"
        assert diagnosis.cause.remedy[0] in str(error), "the text has no remedy"
    assert stage.org.token_requests == 1
    stage.org.user(AGENT).activate()
    stage.auth.reset()
    assert await stage.rows(), "it does not recover once the grant is mended"


async def rejected_for_good(stage: Stage) -> None:
    """Where fresh tokens are rejected too, it raises with a diagnosis, and storms nobody."""
    await stage.rows()
    stage.org.clear_log()
    rejection = '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'
    stage.org.faults.add("rest", status=401, body=rejection, content_type="application/json", times=None)
    try:
        for _ in range(5):
            error = await stage.failure()
            assert isinstance(getattr(error, "diagnosis", None), orgkey.Diagnosis), f"no diagnosis: {error!r}"
    finally:
        stage.org.faults.clear()
    assert stage.org.token_requests <= 2


async def secret_canary(stage: Stage) -> None:
    """No secret is seen in what the adapter shows, raises, logs or serialises."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    try:
        texts = [_shown(stage.adapter.held)]
        texts.append(str(await stage.ask(QUERY)))
        stage.secrets.append(stage.auth.token().reveal())
        texts.append(str(await _outcome(stage, "SELECT Nothing FROM Contact")))
        stage.org.user(AGENT).deactivate()
        stage.org.expire_sessions()
        error = await stage.failure()
        texts += [_shown(stage.adapter.held), _traceback(error)]
    finally:
        logging.getLogger().removeHandler(handler)
    texts.append(log.getvalue())
    for secret in stage.secrets:
        for text in texts:
            assert secret not in text, f"a secret is seen in: {text[max(0, text.find(secret) - 200) :][:200]}..."


async def bad_input(stage: Stage) -> None:
    """Whatever a model comes up with is refused in words it can read, or finds nothing; nothing but reads is sent."""
    before = await stage.rows()
    stage.org.clear_log()
    for given in BAD_INPUT:
        outcome = await _outcome(stage, given)
        if isinstance(outcome, BaseException):
            assert isinstance(outcome, stage.adapter.refusals), f"{given!r:.60} raises {outcome!r:.300}"
        elif not isinstance(outcome, str):
            assert not stage.adapter.rows(outcome), f"{given!r:.60} was answered: {outcome!r:.200}"
        assert str(outcome).strip(), f"{given!r:.60} is refused without a word"
        assert stage.adapter.echoes or len(str(outcome)) < 20_000, f"{given!r:.60} comes back whole"
    for entry in stage.org.log:
        assert entry.method == "GET", f"{entry.method} {entry.path} was sent"
        assert any(part in entry.path for part in _READ_PATHS), f"{entry.path} was asked for"
    assert await stage.rows() == before


async def caps(stage: Stage) -> None:
    """An answer has at most the rows that were permitted, and says that there are more."""
    if stage.adapter.notice is None:
        pytest.skip("it has no cap: its answers are those of the library it replaces")
    answer = await stage.ask(ALL_ROWS)
    assert len(stage.adapter.rows(answer)) == 5
    assert str(CONTACTS) in stage.adapter.notice(answer), f"it does not say what is left out: {answer!r:.300}"


BEHAVIOURS: Final = (expired_session, herd, dead_grant, rejected_for_good, secret_canary, bad_input, caps)


# --- the parts they share ---------------------------------------------------------------------------------------------


async def _outcome(stage: Stage, query: Any) -> Any:
    try:
        return await stage.ask(query)
    except Exception as error:  # noqa: BLE001  # it is the outcome
        return error


@contextmanager
def _showing() -> Iterator[None]:
    """Frameworks warn of their own pydantic models while they are shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@_showing()
def _shown(held: Any) -> str:
    """All that can be shown of an object without reaching for what is private."""
    shown = [repr(held), str(held), f"{held}"]
    for method in ("to_dict", "model_dump", "model_dump_json", "to_json", "dict", "json"):
        serialise = getattr(type(held), method, None)
        if serialise is not None:
            try:
                shown.append(str(getattr(held, method)()))
            except Exception as error:  # noqa: BLE001  # that it cannot be serialised is no concern of this kit's
                shown.append(str(error))
    try:
        shown.append(pickle.dumps(held).decode("latin-1"))
    except Exception as error:  # noqa: BLE001  # as above
        shown.append(str(error))
    return "\n".join(shown)


# A checkout may be called orgkey as well, and then so is a folder around everybody's packages.
_OURS: Final = re.compile(r"(?:src|site-packages)[/\\]orgkey")


@_showing()
def _traceback(error: BaseException) -> str:
    """The traceback with the locals of our own frames, as error reporters send it."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    parts = [repr(error), *traceback.format_exception(error)]
    waiting, seen = [report], set()
    while waiting:
        link = waiting.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        for frame in link.stack:
            if _OURS.search(frame.filename):
                parts += [f"{frame.name}: {name} = {value}" for name, value in (frame.locals or {}).items()]
        waiting += [each for each in (link.__cause__, link.__context__) if each is not None]
    return "\n".join(parts)


# --- with pytest ------------------------------------------------------------------------------------------------------

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def conformance_world() -> Any:
    """The local Salesforce that the kit runs on."""
    with orgkey_sim.World() as world:
        yield world


class Conformance:
    """The kit as a test class. Override :meth:`make`, and import ``conformance_world`` beside this class."""

    def make(self, auth: orgkey.OrgSession, most_rows: int) -> Adapter:
        """The adapter on a session; where it can cut answers, at ``most_rows``."""
        raise NotImplementedError

    @pytest.mark.parametrize("way", ["threads", "tasks"])
    @pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.__name__)
    async def test(self, conformance_world: orgkey_sim.World, behaviour: Callable[[Stage], Any], way: str) -> None:
        await try_out(conformance_world, behaviour, self.make, way)


async def try_out(
    world: orgkey_sim.World,
    behaviour: Callable[[Stage], Any],
    make: Callable[[orgkey.OrgSession, int], Adapter],
    way: str = "threads",
) -> None:
    """Try one behaviour on the adapter of ``make``, on an org of its own."""
    org = world.create_org(f"conform{next(_NUMBERS)}", contacts=CONTACTS)
    org.create_user(AGENT)
    app = org.create_app("Conformance", run_as=org.user(AGENT), scopes={"api"})
    auth = orgkey.connect(
        login_url=org.login_url, client_id=app.client_id, client_secret=app.client_secret, allow_loopback_http=True
    )
    adapter = make(auth, 5)
    with ThreadPoolExecutor(CROWD) as pool:
        ask = adapter.aask if way == "tasks" else _on(pool, adapter.ask)
        if ask is None:
            pytest.skip("it has no way for tasks")
        await behaviour(Stage(org, app, auth, adapter, ask, [app.client_secret, auth.token().reveal()]))


def _on(pool: ThreadPoolExecutor, ask: Callable[[Any], Any]) -> Way:
    async def ask_on_a_thread(query: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(pool, ask, query)

    return ask_on_a_thread
