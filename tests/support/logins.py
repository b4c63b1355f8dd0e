"""A client that logs in to a simulated org: it holds an app's credentials as they were when it was made."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Self

import httpx
import jwt

if TYPE_CHECKING:
    from types import TracebackType

    from orgkey_sim import App

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Login:
    """Posts token requests to ``url``, the org's own address unless another is given."""

    def __init__(self, app: App, username: str = "", url: str = "") -> None:
        self.username = username or next(iter(app.org.users.values())).username
        self.url = url or app.org.login_url
        self.client_id = app.client_id
        self.client_secret = app.client_secret
        self.private_key = app.keys.private_key
        self.http = httpx.Client(base_url=self.url, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.http.close()

    def assertion(self, **claims: Any) -> str:
        """A signed assertion. A claim given as None is left out."""
        every = {
            "iss": self.client_id,
            "sub": self.username,
            "aud": self.url,
            "exp": int(time.time()) + 180,
            **claims,
        }
        kept = {name: value for name, value in every.items() if value is not None}
        # PyJWT's own encode wants exp to be a number; Salesforce's clients send other shapes too.
        return jwt.api_jws.encode(json.dumps(kept).encode(), self.private_key, algorithm="RS256")

    def post(self, **form: str) -> httpx.Response:
        """One token request."""
        return self.http.post("/services/oauth2/token", data=form)

    def jwt(self, *, scope: str = "", **claims: Any) -> httpx.Response:
        """A JWT bearer request."""
        return self.post(grant_type=JWT_BEARER, assertion=self.assertion(**claims), scope=scope)

    def client_credentials(self, **form: str) -> httpx.Response:
        """A client credentials request, with the client's credentials in the form."""
        return self.post(
            **{
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                **form,
            }
        )

    def token(self) -> str:
        """A new access token."""
        answer = self.jwt()
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def limits(self, token: str) -> httpx.Response:
        """A call of the data API."""
        return self.http.get("/services/data/v60.0/limits", headers={"Authorization": f"Bearer {token}"})
