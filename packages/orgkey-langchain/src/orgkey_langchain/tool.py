"""SalesforceTool: langchain-salesforce's tool, on a session that needs no password and survives expiry."""

from typing import Any  # no annotations from __future__: LangChain would compile those of _run in every call

from langchain_core.runnables.config import run_in_executor
from pydantic import BaseModel, PrivateAttr

import orgkey
import orgkey_records
from orgkey_langchain.calls import CallableTool
from orgkey_langchain.errors import ToolInputRefused
from orgkey_langchain.orders import Order
from orgkey_langchain.schema import DESCRIPTION, NAME, SalesforceQueryInput

__all__ = ["SalesforceTool"]


class SalesforceTool(CallableTool):
    """Tool for interacting with Salesforce CRM, as ``langchain_salesforce.SalesforceTool``: change the import.

    Without arguments the settings say how to log in (:func:`orgkey.connect`). A password is never sent: it is ignored
    with a warning where there are other credentials, and refused where there are none. Logs in at once.

    Parameters
    ----------
    username, password, security_token, domain:
        As langchain-salesforce has them; see ``orgkey_simple_salesforce.Salesforce`` for what becomes of them.
    salesforce_client:
        The client to use. With one of simple-salesforce's own, asynchronous calls run on a thread, and nothing is
        renewed beyond what that client does itself.
    auth:
        The session to use, as :func:`orgkey.connect` returns it.
    kwargs:
        Any field of ``BaseTool``: ``handle_tool_error``, ``callbacks``, ``tags`` ...

    Raises
    ------
    orgkey_simple_salesforce.LoginFailed
        No token can be had, now or later. It is no ToolException: a model is never told.
    orgkey_simple_salesforce.LoginNotConfigured
        The arguments and settings add up to no login.

    """

    name: str = NAME
    description: str = DESCRIPTION
    args_schema: type[BaseModel] = SalesforceQueryInput
    _sf: Any = PrivateAttr()
    _records: Any = PrivateAttr(default=None)

    def __init__(  # langchain-salesforce's order
        self,
        username: str | None = None,
        password: str | None = None,
        security_token: str | None = None,
        domain: str | None = "login",
        salesforce_client: Any = None,
        *,
        auth: "orgkey.OrgSession | None" = None,
        **kwargs: Any,
    ) -> None:
        # Bound anew, so that a traceback from here on has nothing plain among its locals.
        password, security_token = _wrapped(password), _wrapped(security_token)
        super().__init__(**kwargs)
        client = salesforce_client
        if client is None:
            from orgkey_simple_salesforce import Salesforce

            client = Salesforce(
                username=username,
                password=password,
                security_token=security_token,
                domain=None if domain == "login" else domain,
                auth=auth,
                object_pairs_hook=None,  # plain dicts, as tasks get them: OrderedDicts take twice as long to read
            )
            _settle_environment(client)
        self._sf = client
        self._records = _records_of(client)

    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002  # LangChain's name
        """What Salesforce answers; for a ToolCall a ToolMessage with that."""
        return super().invoke(_arguments(input), config, **kwargs)

    async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002
        """As :meth:`invoke`, for a task."""
        return await super().ainvoke(_arguments(input), config, **kwargs)

    # The arguments are those of Order.of. LangChain reads signature and annotations in every call: two are soon read.

    def _run(self, *given: Any, **named: Any) -> Any:
        """Carry out what was asked for."""
        from orgkey_langchain.by_client import carry_out  # which loads simple-salesforce: importing a tool does not

        return carry_out(Order.of(*given, **named), self._sf)

    async def _arun(self, *given: Any, **named: Any) -> Any:
        """Carry out what was asked for without blocking the event loop."""
        order = Order.of(*given, **named)
        if self._records is None:
            from orgkey_langchain.by_client import carry_out

            return await run_in_executor(None, carry_out, order, self._sf)
        from orgkey_langchain.by_records import acarry_out

        return await acarry_out(order, self._records, self._sf)


def _records_of(client: Any) -> "orgkey_records.AsyncRecords | None":
    """Records on the session behind ``client``; None where there is none of ours."""
    import orgkey_simple_salesforce

    if not issubclass(type(client), orgkey_simple_salesforce.Salesforce) or client.auth is None:
        return None
    return orgkey_records.AsyncRecords(
        client.auth, allow={"create", "update", "delete"}, version=str(client.sf_version)
    )


def _settle_environment(client: Any) -> None:
    """Take proxies and CA bundle from the environment now, not in every call: looking there is a fifth of one."""
    session = client.session
    found = session.merge_environment_settings(client.base_url, {}, None, None, None)
    session.proxies, session.verify, session.trust_env = found["proxies"], found["verify"], False


def _arguments(given: Any) -> Any:
    """What LangChain takes, from all that langchain-salesforce took: also an object with ``args``, ``id``, ``name``."""
    if isinstance(given, str):
        raise ToolInputRefused("Input must be a dictionary")
    if all(hasattr(given, name) for name in ("args", "id", "name")):
        given = given.args
    if not isinstance(given, dict):
        raise ToolInputRefused(f"Unsupported input type: {type(given)}")
    if "operation" not in given and not isinstance(given.get("args"), dict):
        raise ToolInputRefused("Input must be a dictionary with an 'operation' key")
    return given


def _wrapped(secret: Any) -> Any:
    return orgkey.Secret(secret) if isinstance(secret, str) else secret
