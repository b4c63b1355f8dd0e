"""``orgkey run --observe``: notes each password login as it happens, and changes nothing."""

from __future__ import annotations

import inspect
import json
import os
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from simple_salesforce import api

from orgkey_simple_salesforce.callers import caller
from orgkey_simple_salesforce.credentials import Arguments, Shape, shape_of
from orgkey_simple_salesforce.replacement import ORIGINAL, ORIGINAL_LOGIN, put_in_place

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["observe"]

_ARGUMENTS: Final = frozenset(Arguments.__dataclass_fields__)


def observe(log: str) -> None:
    """Append a line of JSON to the file ``log`` for each call that sends a password through simple_salesforce."""
    ORIGINAL.__init__ = _noting(ORIGINAL.__init__, "Salesforce", log)
    put_in_place({ORIGINAL_LOGIN: _noting(ORIGINAL_LOGIN, "SalesforceLogin", log)})
    # Through this one the client logs in, and its constructor was noted already.
    vars(api)["SalesforceLogin"] = ORIGINAL_LOGIN


def _noting(function: Callable[..., Any], name: str, log: str) -> Callable[..., Any]:
    signature = inspect.signature(function)

    @wraps(function)
    def noting(*args: Any, **kwargs: Any) -> Any:
        shape = _shape(signature, args, kwargs)
        if shape is not None and shape.sends_password:
            _note(log, name, shape)
        return function(*args, **kwargs)

    return noting


def _shape(signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Shape | None:
    try:
        given = signature.bind(*args, **kwargs).arguments
    except TypeError:
        return None  # simple_salesforce says so itself
    # Which ones were given is all that matters here; their values stay where they are.
    names = [name for name, value in given.items() if name in _ARGUMENTS and value is not None]
    return shape_of(Arguments.wrapping(**dict.fromkeys(names, "")))


def _note(log: str, call: str, shape: Shape) -> None:
    frame = caller()
    place = {"file": frame.f_code.co_filename, "line": frame.f_lineno} if frame else {"file": "?", "line": 0}
    line = json.dumps({**place, "call": call, "shape": shape.name}) + "\n"
    # One write a line: lines of several processes do not mix, and none is lost with a process that is killed.
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)
