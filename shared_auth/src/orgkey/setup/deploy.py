"""Deploys a project with an administrator's session, by the Metadata API's deploy() and checkDeployStatus().

Source: Metadata API Developer Guide, "deploy()" and "checkDeployStatus()".
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from orgkey.errors import OrgkeyError
from orgkey.secrets import redact
from orgkey.setup.component import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from orgkey.clock import Clock

__all__ = ["DeployFailed", "Deployed", "deploy"]

_PATIENCE: Final = 600.0  # seconds
_PAUSE: Final = 2.0  # seconds
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<env:Envelope xmlns:env="{_SOAP}" xmlns="{NAMESPACE}">'
    "<env:Header><SessionHeader><sessionId>stamped on the way out</sessionId></SessionHeader></env:Header>"
    "<env:Body>{body}</env:Body></env:Envelope>"
)


class DeployFailed(OrgkeyError):
    """The org refused the deployment. ``problems`` are its words, one for each component."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("The org refused the deployment; nothing was changed.\n" + "\n".join(problems))


@dataclass(frozen=True, slots=True)
class Deployed:
    """What was deployed: type and name of each component, and the app's consumer key where the org tells it."""

    components: tuple[tuple[str, str], ...]
    consumer_key: str


def deploy(
    client: httpx.Client, package: bytes, api_version: str, clock: Clock, *, progress: Callable[[str], None]
) -> Deployed:
    """Deploy ``package``, all of it or nothing, and wait until it is done.

    ``client`` is logged in as an administrator. Raises :class:`DeployFailed`.
    """
    call = _Metadata(client, api_version)
    started = clock.monotonic()
    answer = call(
        f"<deploy><ZipFile>{base64.b64encode(package).decode('ascii')}</ZipFile>"
        "<DeployOptions><rollbackOnError>true</rollbackOnError><singlePackage>true</singlePackage></DeployOptions>"
        "</deploy>"
    )
    deployment = _text(answer, "id")
    ask = (
        f"<checkDeployStatus><asyncProcessId>{escape(deployment)}</asyncProcessId>"
        "<includeDetails>true</includeDetails></checkDeployStatus>"
    )
    while _text(status := call(ask), "done") != "true":
        if clock.monotonic() - started > _PATIENCE:
            raise DeployFailed(
                [f"Deployment {deployment} is not done after {_PATIENCE:.0f} s: Setup > Deployment Status."]
            )
        progress(_text(status, "status"))
        clock.sleep(_PAUSE)
    if _text(status, "success") != "true":
        raise DeployFailed(list(_failures(status)) or [f"Setup > Deployment Status says more about {deployment}."])
    done = [(_text(each, "componentType"), _text(each, "fullName")) for each in _all(status, "componentSuccesses")]
    components = tuple((kind, name) for kind, name in done if kind)
    return Deployed(components, _consumer_key(call, components))


class _Metadata:
    def __init__(self, client: httpx.Client, api_version: str) -> None:
        self._client = client
        self._path = f"/services/Soap/m/{api_version}"

    def __call__(self, body: str) -> ET.Element:
        import httpx

        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        try:
            response = self._client.post(self._path, content=_ENVELOPE.format(body=body).encode(), headers=headers)
            answer = ET.fromstring(response.content)  # noqa: S314  # from Salesforce, over checked TLS
        except httpx.HTTPError as error:
            raise DeployFailed([f"{type(error).__name__}: {redact(str(error))}"]) from None
        except ET.ParseError:
            raise DeployFailed(
                [f"{self._client.base_url} answered with something that is not the Metadata API."]
            ) from None
        fault = _text(answer, "faultstring")
        if fault:
            raise DeployFailed([redact(fault)])
        return answer


def _consumer_key(call: _Metadata, components: tuple[tuple[str, str], ...]) -> str:
    """The consumer key as the Metadata API reads it; empty where it keeps it to itself, as some sources say."""
    for kind, name in components:
        if kind in {"ExtlClntAppGlobalOauthSettings", "ConnectedApp"}:
            body = f"<readMetadata><type>{kind}</type><fullNames>{escape(name)}</fullNames></readMetadata>"
            try:
                return _text(call(body), "consumerKey")
            except DeployFailed:
                return ""
    return ""


def _failures(status: ET.Element) -> Iterator[str]:
    for each in _all(status, "componentFailures"):
        where = f"{_text(each, 'componentType')} {_text(each, 'fullName')}".strip()
        yield f"{where}: {redact(_text(each, 'problem'))}"


def _all(element: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in element.iter() if each.tag.rpartition("}")[2] == name]


def _text(element: ET.Element, name: str) -> str:
    return next((each.text.strip() for each in _all(element, name) if each.text), "")
