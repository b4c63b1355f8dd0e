"""Key references (``file:``, ``env:``, inline PEM, plugin schemes) to Signers, chosen by URI scheme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orgkey import plugins
from orgkey.errors import ConfigError
from orgkey.keys.pem import signer_from_pem
from orgkey.secrets import Secret, conceal, may_be_secret

if TYPE_CHECKING:
    from orgkey.keys.signer import Signer

__all__ = ["is_reference", "load_signer"]

_REFERENCE: Final = re.compile(r"([a-z][a-z0-9+.-]+):(?!\s)(.+)", re.DOTALL)
_SCHEME_NAME: Final = re.compile(r"[a-z]{2,12}")


def is_reference(key: Secret) -> bool:
    """Whether ``key`` only says where a key is, and so is no secret."""
    return "-----BEGIN " not in key.reveal() and _REFERENCE.fullmatch(key.reveal().strip()) is not None


def load_signer(reference: str | Secret, where: str = "key", passphrase: str | Secret | None = None) -> Signer:
    """The signer that ``reference`` names.

    ``reference`` is PEM text or a key URI: ``file:/run/secrets/server.key``, ``env:MY_KEY``, or a scheme that a plugin
    brings (``awskms:...``). ``where`` names the setting in messages. Raises :class:`~orgkey.errors.ConfigError`.
    """
    # The names are bound anew, so that a traceback from here on has nothing plain among its locals.
    reference, passphrase = conceal(reference), None if passphrase is None else conceal(passphrase)
    match = _REFERENCE.fullmatch(reference.reveal().strip())
    source = plugins.key_sources().get(match[1]) if match else None
    if "-----BEGIN " in reference.reveal():
        if source is not None:
            raise ConfigError(
                f"{where} holds a key, where the place of one belongs. Put the key itself into SALESFORCE_PRIVATE_KEY."
            )
        return signer_from_pem(reference, where, passphrase)
    if match is None or source is None:
        if match is not None and "\n" not in match[0]:
            known = ", ".join(f"{scheme}:" for scheme in sorted(plugins.key_sources()))
            scheme = _scheme_shown(match)
            raise ConfigError(f"{where} has {scheme}. Known here: {known} (orgkey plugins).")
        return signer_from_pem(reference, where, passphrase)
    try:
        found = source.load(match[2])
    except ConfigError as error:
        raise ConfigError([f"{where}: {problem}" for problem in error.problems]) from None
    if isinstance(found, (str, Secret)):
        return signer_from_pem(conceal(found), f"{where} ({match[0]})", passphrase)
    return found


def _scheme_shown(match: re.Match[str]) -> str:
    """The scheme, unless what was taken for one may be the beginning of a secret with a colon in it."""
    named = _SCHEME_NAME.fullmatch(match[1]) and not may_be_secret(match[2])
    return f"the unknown key scheme '{match[1]}:'" if named else "an unknown key scheme"
