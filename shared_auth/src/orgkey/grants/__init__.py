"""OAuth grants, one module each: a grant builds a token request and does nothing else."""

from __future__ import annotations

from orgkey.grants.base import Grant
from orgkey.grants.client_credentials import ClientCredentials
from orgkey.grants.jwt_bearer import JWTBearer

__all__ = ["ClientCredentials", "Grant", "JWTBearer"]
