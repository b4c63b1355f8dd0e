"""SalesforceToolSpec: LlamaIndex's own, on a session that needs no password and survives expiry."""
# No "from __future__ import annotations" here: a model is shown the signatures, and it would put quotes into them.

from typing import Any

from llama_index.core.tools.function_tool import FunctionTool
from llama_index.core.tools.tool_spec.base import BaseToolSpec

import orgkey
from orgkey_llama_index.statements import Language, arun, run

__all__ = ["SalesforceToolSpec"]

_SECRETS = ("password", "security_token", "session_id", "consumer_secret", "privatekey")


class SalesforceToolSpec(BaseToolSpec):
    """Salesforce tool spec, as ``llama_index.tools.salesforce.SalesforceToolSpec``: change the import.

    Without arguments the settings say how to log in (:func:`orgkey.connect`). A password is never sent: it is ignored
    with a warning where there are other credentials, and refused where there are none. Logs in at once.

    Tools come with both a blocking and an asynchronous function, so that an agent's calls do not block its event loop.

    Parameters
    ----------
    kargs:
        What ``orgkey_simple_salesforce.Salesforce`` takes: simple-salesforce's arguments, and ``auth=`` for a session
        as :func:`orgkey.connect` returns it.

    Attributes
    ----------
    sf:
        The client. Another one may be put in its place; with one of simple-salesforce's own, asynchronous calls run on
        a thread, and nothing is renewed beyond what that client does itself.

    Raises
    ------
    orgkey_simple_salesforce.LoginFailed
        No token can be had, now or later. It is never returned as text.
    orgkey_simple_salesforce.LoginNotConfigured
        The arguments and settings add up to no login.

    """  # as llama-index writes it

    spec_functions = ["execute_sosl", "execute_soql"]  # noqa: RUF012  # a list, as upstream's

    def __init__(self, **kargs: Any) -> None:
        """Initialize with parameters for Salesforce connection."""
        # Bound anew, so that a traceback from here on has nothing plain among its locals.
        kargs = {name: _wrapped(value) if name in _SECRETS else value for name, value in kargs.items()}
        from orgkey_simple_salesforce import Salesforce

        self.sf: Any = Salesforce(**kargs)

    # What a model is told is upstream's docstrings, byte for byte.
    def execute_sosl(self, search: str) -> str:
        """
        Returns the result of a Salesforce search as a dict decoded from
        the Salesforce response JSON payload.

        Arguments:
        * search -- the fully formatted SOSL search string, e.g.
                    `FIND {Waldo}`.

        """  # noqa: D205
        return run(Language.SOSL, search, self.sf)  # type: ignore[no-any-return]  # a dict; the signature is upstream's

    def execute_soql(self, query: str) -> str:
        """
        Returns the full set of results for the `query`. This is a
        convenience wrapper around `query(...)` and `query_more(...)`.
        The returned dict is the decoded JSON payload from the final call to
        Salesforce, but with the `totalSize` field representing the full
        number of results retrieved and the `records` list representing the
        full list of records retrieved.

        Arguments:
        * query -- the SOQL query to send to Salesforce, e.g.
                   SELECT Id FROM Lead WHERE Email = "waldo@somewhere.com".

        """  # noqa: D205
        return run(Language.SOQL, query, self.sf)  # type: ignore[no-any-return]  # a dict; the signature is upstream's

    async def aexecute_sosl(self, search: str) -> str:
        """As :meth:`execute_sosl`, without blocking the event loop."""
        return await arun(Language.SOSL, search, self.sf)  # type: ignore[no-any-return]  # as above

    async def aexecute_soql(self, query: str) -> str:
        """As :meth:`execute_soql`, without blocking the event loop."""
        return await arun(Language.SOQL, query, self.sf)  # type: ignore[no-any-return]  # as above

    def to_tool_list(
        self, spec_functions: list[Any] | None = None, func_to_metadata_mapping: dict[str, Any] | None = None
    ) -> list[FunctionTool]:
        """The tools, each function that has an asynchronous twin together with it."""
        names = spec_functions or self.spec_functions
        return super().to_tool_list([self._pair(name) for name in names], func_to_metadata_mapping)

    def _pair(self, name: Any) -> Any:
        twin = f"a{name}"
        return (name, twin) if isinstance(name, str) and hasattr(self, twin) else name


def _wrapped(secret: Any) -> Any:
    return orgkey.Secret(secret) if isinstance(secret, str) else secret
