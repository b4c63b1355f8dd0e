"""What an agent does on Salesforce records, once, for every framework: guarded, bounded, sync and async.

:class:`Records` and its twin :class:`AsyncRecords` run the same operations on an :class:`orgkey.OrgSession`. What they
raise as :class:`RecordsError` is fit to be shown to a model; a session that is beyond repair is not among it.
"""

from __future__ import annotations

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
