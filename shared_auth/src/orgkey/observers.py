"""Tells events to the log and to the observers that plugins bring; an observer's failure is its own."""

from __future__ import annotations

import logging
from typing import Final

from orgkey import events, plugins
from orgkey.errors import ConfigError

__all__ = ["notify"]

_LOGGER: Final = logging.getLogger("orgkey")


def notify(event: events.Event) -> None:
    """Tell ``event``. Never raises: a broken observer must not cost anybody a token."""
    events.log(event)
    try:
        observers = plugins.observers()
    except ConfigError as error:
        _LOGGER.warning("No observer is told anything: %s", error)
        return
    for observer in observers.values():
        try:
            observer.on_event(event)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the observer's
            _LOGGER.warning("The observer %r failed with %s and missed an event.", observer.name, type(error).__name__)
