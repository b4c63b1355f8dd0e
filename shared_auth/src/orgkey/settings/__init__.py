"""Settings to session: arguments, environment and profile file, checked together and named in every message."""

from __future__ import annotations

from orgkey.settings.layers import allows_loopback_http
from orgkey.settings.profiles import profile_file, profile_names, require_profile
from orgkey.settings.resolve import connect, key_file

__all__ = ["allows_loopback_http", "connect", "key_file", "profile_file", "profile_names", "require_profile"]
