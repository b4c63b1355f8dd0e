"""OAuth grants, one module each: a grant builds a token request and does nothing else."""

from __future__ import annotations

from orgkey.grants.authorization_code import AuthorizationCode, AuthorizationRequest, code_challenge, new_secret
from orgkey.grants.base import Grant
from orgkey.grants.client_credentials import ClientCredentials
from orgkey.grants.jwt_bearer import JWTBearer
from orgkey.grants.refresh_token import RefreshToken

__all__ = [
    "AuthorizationCode",
    "AuthorizationRequest",
    "ClientCredentials",
    "Grant",
    "JWTBearer",
    "RefreshToken",
    "code_challenge",
    "new_secret",
]
