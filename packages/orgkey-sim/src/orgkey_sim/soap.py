"""SOAP answers: envelopes and faults, in the namespace of the API that was addressed."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from starlette.responses import Response

__all__ = ["PARTNER", "answer", "fault"]

PARTNER: Final = "urn:partner.soap.sforce.com"

_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_FAULT_NAMESPACES: Final = (
    ("/services/Soap/m/", "http://soap.sforce.com/2006/04/metadata"),
    ("/services/Soap/c/", "urn:fault.enterprise.soap.sforce.com"),
    ("/services/Soap/s/", "http://soap.sforce.com/2006/08/apex"),
    ("/services/Soap/T/", "urn:fault.tooling.soap.sforce.com"),
)
_PARTNER_FAULT: Final = "urn:fault.partner.soap.sforce.com"


def answer(inner: str, status: int = 200, namespaces: str = "") -> Response:
    """``inner``, which is XML, in an envelope."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_ENVELOPE}" xmlns:xsi="{_XSI}"{namespaces}>'
        f"<soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>"
    )
    return Response(body, status, media_type="text/xml;charset=UTF-8")


def fault(path: str, code: str, message: str, detail: str = "UnexpectedErrorFault") -> Response:
    """A fault as the API at ``path`` words it; ``detail`` is the type of its detail element.

    A code with a prefix, as in "soapenv:Client", is one of SOAP's own and has no detail.
    """
    if ":" in code:
        inner = f"<faultcode>{code}</faultcode><faultstring>{escape(message)}</faultstring>"
    else:
        inner = (
            f"<faultcode>sf:{code}</faultcode><faultstring>{code}: {escape(message)}</faultstring>"
            f'<detail><sf:{detail} xsi:type="sf:{detail}"><sf:exceptionCode>{code}</sf:exceptionCode>'
            f"<sf:exceptionMessage>{escape(message)}</sf:exceptionMessage></sf:{detail}></detail>"
        )
    namespace = next((name for prefix, name in _FAULT_NAMESPACES if path.startswith(prefix)), _PARTNER_FAULT)
    return answer(f"<soapenv:Fault>{inner}</soapenv:Fault>", 500, f' xmlns:sf="{namespace}"')
