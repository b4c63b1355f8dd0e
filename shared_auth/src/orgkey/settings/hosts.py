"""Which login URL wins: an explicit My Domain, else a configured one, else ``login`` or ``test``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from orgkey.org import is_generic_login, login_url_for_domain
from orgkey.settings.layers import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey.settings.layers import Layer

__all__ = ["choose_login_url", "is_sandbox"]

# Sandbox My Domains are named acme--dev.sandbox.my..., older ones acme--dev.my...; scratch orgs log in at test as well.
_SANDBOX_HOST: Final = re.compile(r"[^.]+--[^.]+\.|.*\.(?:sandbox|scratch)\.my\.|test\.|cs\d+\.")


def is_sandbox(host: str) -> bool:
    """Whether ``host`` belongs to a sandbox or scratch org, as far as its name tells."""
    return _SANDBOX_HOST.match(host) is not None


def choose_login_url(layers: tuple[Layer, ...]) -> tuple[Setting | None, list[str], list[str]]:
    """The login URL to use, with the problems and the warnings that choosing it brought up.

    A My Domain belongs to one org, ``login`` and ``test`` to none: whatever layer says ``login`` or ``test`` yields to
    any layer that names a My Domain, unless one means production and the other a sandbox.
    """
    problems: list[str] = []
    found: list[Setting] = []
    for layer in layers:
        candidates = list(_candidates(layer))
        specific = [candidate for candidate in candidates if not is_generic_login(_host(candidate))]
        if len({_host(candidate) for candidate in specific}) > 1:
            problems.append(_contradiction(*specific))
        found += candidates
    my_domain = next((setting for setting in found if not is_generic_login(_host(setting))), None)
    if my_domain is None:
        return (found[0] if found else None), problems, []
    warnings = []
    for generic in (setting for setting in found if is_generic_login(_host(setting))):
        if is_sandbox(_host(generic)) != is_sandbox(_host(my_domain)):
            problems.append(_contradiction(generic, my_domain))
        else:
            warnings.append(
                f"{generic.where} says {_host(generic)} and yields to the My Domain in {my_domain.where}. "
                f"Remove {generic.where} to be rid of this warning."
            )
    return my_domain, problems, warnings[:1]


def _candidates(layer: Layer) -> Iterator[Setting]:
    url, domain = layer.get("login_url"), layer.get("domain")
    if url:
        yield url
    if domain:
        yield Setting(domain.where, login_url_for_domain(domain.value.strip()))


def _host(setting: Setting) -> str:
    try:
        return (urlsplit(setting.value.strip()).hostname or "").lower()
    except ValueError:
        return ""  # said by whoever reads the URL for use


def _contradiction(one: Setting, other: Setting) -> str:
    kinds = [f"{setting.where} means {_host(setting) or 'no host'} ({_kind(setting)})" for setting in (one, other)]
    return f"Two settings contradict each other: {kinds[0]}, {kinds[1]}. Remove the wrong one."


def _kind(setting: Setting) -> str:
    return "sandbox" if is_sandbox(_host(setting)) else "production"
