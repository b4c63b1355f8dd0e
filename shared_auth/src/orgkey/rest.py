"""The few REST calls that commands and checks make, with failures as diagnoses."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from orgkey.diagnosis import Evidence, diagnose
from orgkey.errors import OrgkeyError
from orgkey.secrets import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from orgkey.causes import Diagnosis
    from orgkey.session import OrgSession

__all__ = ["CallFailed", "Rest", "open_client", "open_rest"]

_HTTP_OK = 200


class CallFailed(OrgkeyError):
    """An API call failed. ``diagnosis`` names the cause where it is known."""

    def __init__(self, message: str, diagnosis: Diagnosis | None = None) -> None:
        self.diagnosis = diagnosis
        super().__init__(message)


@contextmanager
def open_rest(session: OrgSession) -> Iterator[Rest]:
    """The REST API of the session's org. Logs in."""
    with open_client(session) as client:
        yield Rest(client)


@contextmanager
def open_client(session: OrgSession) -> Iterator[httpx.Client]:
    """An HTTP client of the session's org. Logs in."""
    import httpx

    from orgkey.carriers import make_client
    from orgkey.transport import SalesforceAuth

    settings = session.options.http
    with make_client(
        httpx.Client,
        settings,
        base_url=session.instance_url,
        auth=SalesforceAuth(session),
        timeout=httpx.Timeout(120.0, connect=settings.connect),  # Salesforce ends a query after 120 s
    ) as client:
        yield client


class Rest:
    """GET with every failure as :class:`CallFailed`, or as a token's error."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def latest_version(self) -> str:
        """The newest API version that the org serves, like ``67.0``."""
        try:
            return str(max((entry["version"] for entry in self.get("/services/data")), key=float))
        except (KeyError, TypeError, ValueError):
            raise self._unreadable("/services/data") from None

    def query(self, soql: str, version: str, *, tooling: bool = False) -> Iterator[dict[str, Any]]:
        """The pages of a query: ``totalSize``, ``done``, ``records``; of the Tooling API where asked for."""
        path: str | None = f"/services/data/v{version}/{'tooling/' if tooling else ''}query"
        parameters: dict[str, str] | None = {"q": soql}
        while path:
            page = self.get(path, parameters)
            if not isinstance(page, dict) or not isinstance(page.get("records"), list):
                raise self._unreadable(path)
            yield page
            path, parameters = page.get("nextRecordsUrl"), None

    def get(self, path: str, parameters: dict[str, str] | None = None) -> Any:
        """The JSON at ``path``."""
        import httpx

        try:
            response = self._client.get(path, params=parameters)
        except httpx.HTTPError as error:
            raise _unreachable(self._client.base_url.host, error) from error
        if response.status_code != _HTTP_OK:
            raise _refused(response)
        try:
            return response.json()
        except ValueError:
            raise self._unreadable(path) from None

    def _unreadable(self, path: str) -> CallFailed:
        return CallFailed(f"{self._client.base_url} answered {path} with something that is not Salesforce's REST API.")


def _unreachable(host: str, error: httpx.HTTPError) -> CallFailed:
    from orgkey.carriers import network_kind

    text = redact(f"{type(error).__name__}: {error}")
    evidence = Evidence(
        surface="network", error=network_kind(error), error_description=text, facts=(f"API host {host}: {text}",)
    )
    return CallFailed(f"The API host {host} cannot be reached: {text}", diagnose(evidence))


def _refused(response: httpx.Response) -> CallFailed:
    code, message = _first_error(response)
    evidence = Evidence(surface="rest", error=code, error_description=message, status=response.status_code)
    diagnosis = diagnose(evidence)
    if diagnosis.cause.id == "UNKNOWN":
        # What is wrong with a query stands in Salesforce's own words; the catalogue is about access.
        said = redact(f"{code}: {message}" if code else message)
        return CallFailed(f"Salesforce refused the call (HTTP {response.status_code}).\n{said}".strip())
    return CallFailed(str(diagnosis), diagnosis)


def _first_error(response: httpx.Response) -> tuple[str, str]:
    try:
        body = response.json()
    except ValueError:
        return "", ""
    error = body[0] if isinstance(body, list) and body else body
    if not isinstance(error, dict):
        return "", ""
    return str(error.get("errorCode", "")), str(error.get("message", ""))
