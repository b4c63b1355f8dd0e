"""A plain HTTP client that is logged in to a simulated org."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from types import TracebackType

    from orgkey_sim import App, Org

VERSION = "59.0"


class OrgApi:
    """Calls the data API of an org as its first user; paths are relative to ``/services/data/v59.0``."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.app: App = org.create_app("Test Agent")
        self.http = httpx.Client(base_url=org.login_url, trust_env=False)
        self.log_in()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.http.close()

    def log_in(self) -> None:
        """Get a new session."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.app.client_id,
            "client_secret": self.app.client_secret,
        }
        self.token: str = self.http.post("/services/oauth2/token", data=form).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send one request. A path that begins with ``/services`` is taken as it is."""
        url = path if path.startswith("/services") else f"/services/data/v{VERSION}{path}"
        return self.http.request(method, url, **arguments)

    def get(self, path: str, **arguments: Any) -> httpx.Response:
        return self.call("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> httpx.Response:
        return self.call("POST", path, **arguments)

    def query(self, soql: str, **headers: str) -> Any:
        """The first page of a query, as JSON."""
        answer = self.get("/query", params={"q": soql}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, answer: httpx.Response, status: int, code: str) -> str:
        """Check that a call was refused like that, and return the message."""
        assert answer.status_code == status, answer.text
        (error,) = answer.json()
        assert error["errorCode"] == code, error
        return str(error["message"])
