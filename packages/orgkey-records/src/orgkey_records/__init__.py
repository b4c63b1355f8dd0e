"""What an agent does on Salesforce records, once, for every framework: guarded, bounded, sync and async.

:class:`Records` and its twin :class:`AsyncRecords` run the same operations on an :class:`orgkey.OrgSession`. What they
raise as :class:`RecordsError` is fit to be shown to a model; a session that is beyond repair is not among it.

All names below are loaded on first use: ``import orgkey_records`` itself costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orgkey_records.answers import lost_access
    from orgkey_records.caps import Caps
    from orgkey_records.errors import (
        AccessFailed,
        CapExceeded,
        InvalidInput,
        LimitReached,
        NotAllowed,
        RecordsError,
        Refused,
        Unreachable,
    )
    from orgkey_records.extract import Extract, Item
    from orgkey_records.inputs import check_statement, check_values
    from orgkey_records.literals import bind, literal
    from orgkey_records.names import check_field, check_id, check_object, is_name
    from orgkey_records.records import API_VERSION, AsyncRecords, Records
    from orgkey_records.rows import Rows, flat
    from orgkey_records.watermark import Watermark

__version__ = "0.1.0"

__all__ = [
    "API_VERSION",
    "AccessFailed",
    "AsyncRecords",
    "CapExceeded",
    "Caps",
    "Extract",
    "InvalidInput",
    "Item",
    "LimitReached",
    "NotAllowed",
    "Records",
    "RecordsError",
    "Refused",
    "Rows",
    "Unreachable",
    "Watermark",
    "__version__",
    "bind",
    "check_field",
    "check_id",
    "check_object",
    "check_statement",
    "check_values",
    "flat",
    "is_name",
    "literal",
    "lost_access",
]

_HOME = {
    "lost_access": "answers",
    "Caps": "caps",
    **dict.fromkeys(
        [
            "AccessFailed",
            "CapExceeded",
            "InvalidInput",
            "LimitReached",
            "NotAllowed",
            "RecordsError",
            "Refused",
            "Unreachable",
        ],
        "errors",
    ),
    **dict.fromkeys(["Extract", "Item"], "extract"),
    **dict.fromkeys(["check_statement", "check_values"], "inputs"),
    **dict.fromkeys(["bind", "literal"], "literals"),
    **dict.fromkeys(["check_field", "check_id", "check_object", "is_name"], "names"),
    **dict.fromkeys(["API_VERSION", "AsyncRecords", "Records"], "records"),
    **dict.fromkeys(["Rows", "flat"], "rows"),
    "Watermark": "watermark",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        msg = f"module 'orgkey_records' has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(import_module(f"orgkey_records.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
