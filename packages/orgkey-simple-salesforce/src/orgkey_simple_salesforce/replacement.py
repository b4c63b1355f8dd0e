"""``install()``: simple_salesforce's Salesforce and SalesforceLogin become this package's, wherever they are known."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from simple_salesforce import login

from orgkey_simple_salesforce.client import Salesforce
from orgkey_simple_salesforce.login import SalesforceLogin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["ORIGINAL", "ORIGINAL_LOGIN", "install", "put_in_place"]

ORIGINAL: Final[Any] = Salesforce.__base__
ORIGINAL_LOGIN: Final[Any] = login.SalesforceLogin


def install() -> None:
    """Replace simple_salesforce's ``Salesforce`` and ``SalesforceLogin`` by this package's, in this process.

    Code that imports them from now on gets the replacements, whichever way it imports them. Modules that imported them
    before get them too, and so do classes that were derived from ``Salesforce``. Only what holds the old class in a
    place of its own, such as a list, keeps it; it sends no password either. Installing twice does nothing more.
    """
    for derived in ORIGINAL.__subclasses__():
        if derived is not Salesforce:
            derived.__bases__ = tuple(Salesforce if base is ORIGINAL else base for base in derived.__bases__)
    put_in_place({ORIGINAL: Salesforce, ORIGINAL_LOGIN: SalesforceLogin})


def put_in_place(replacements: Mapping[Any, Any]) -> None:
    """Replace each key by its value in all modules that have it, this package's own excepted."""
    by_identity = {id(original): replacement for original, replacement in replacements.items()}
    for module in _modules():
        for name, value in list(vars(module).items()):
            if id(value) in by_identity:
                setattr(module, name, by_identity[id(value)])


def _modules() -> Iterator[ModuleType]:
    for name, module in list(sys.modules.items()):
        if type(module) is ModuleType and name.partition(".")[0] != "orgkey_simple_salesforce":
            yield module
