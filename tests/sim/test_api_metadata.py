from __future__ import annotations

import base64
import io
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from org_api import OrgApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from orgkey_sim import Org

PATH = "/services/Soap/m/59.0"
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@pytest.fixture
def api(org: Org) -> Iterator[OrgApi]:
    with OrgApi(org) as api:
        yield api


def envelope(token: str, operation: str) -> str:
    return (
        f'<e:Envelope xmlns:e="{SOAP}" xmlns:m="{NAMESPACE}" xmlns:xsi="{XSI}">'
        f"<e:Header><m:SessionHeader><m:sessionId>{token}</m:sessionId></m:SessionHeader></e:Header>"
        f"<e:Body>{operation}</e:Body></e:Envelope>"
    )


def send(api: OrgApi, operation: str) -> ET.Element:
    answer = api.post(PATH, content=envelope(api.token, operation), headers={"Content-Type": "text/xml"})
    assert answer.status_code == 200, answer.text
    body = ET.fromstring(answer.content).find(f"{{{SOAP}}}Body")
    assert body is not None
    return body[0]


def fault(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 500, answer.text
    found = ET.fromstring(answer.content).find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    assert found is not None
    return found.findtext("faultcode") or "", found.findtext("faultstring") or ""


def texts(element: ET.Element, name: str) -> list[str]:
    return [each.text or "" for each in element.iter(f"{{{NAMESPACE}}}{name}")]


def zipped(files: dict[str, str]) -> str:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return base64.b64encode(out.getvalue()).decode()


def test_describe(api: OrgApi) -> None:
    described = send(api, "<m:describeMetadata><m:asOfVersion>59.0</m:asOfVersion></m:describeMetadata>")
    assert described.tag == f"{{{NAMESPACE}}}describeMetadataResponse"
    assert {"ExternalClientApplication", "CustomObject"} <= set(texts(described, "xmlName"))
    value_type = f"<m:describeValueType><m:type>{{{NAMESPACE}}}CustomObject</m:type></m:describeValueType>"
    assert texts(send(api, value_type), "apiReadable") == ["true"]


def test_components_one_by_one(api: OrgApi) -> None:
    component = (
        '<m:metadata xsi:type="m:PermissionSet"><m:fullName>Agent_Access</m:fullName>'
        "<m:label>Agent &amp; Co</m:label></m:metadata>"
    )
    read = "<m:readMetadata><m:type>PermissionSet</m:type><m:fullNames>Agent_Access</m:fullNames></m:readMetadata>"
    listing = "<m:listMetadata><m:queries><m:type>PermissionSet</m:type></m:queries></m:listMetadata>"
    assert texts(send(api, f"<m:createMetadata>{component}</m:createMetadata>"), "success") == ["true"]
    again = send(api, f"<m:createMetadata>{component}</m:createMetadata>")
    assert texts(again, "statusCode") == ["DUPLICATE_DEVELOPER_NAME"]
    assert texts(send(api, read), "label") == ["Agent & Co"]
    assert texts(send(api, listing), "fullName") == ["Agent_Access"]
    changed = component.replace("Agent &amp; Co", "Other")
    assert texts(send(api, f"<m:updateMetadata>{changed}</m:updateMetadata>"), "success") == ["true"]
    assert texts(send(api, f"<m:upsertMetadata>{changed}</m:upsertMetadata>"), "created") == ["false"]
    assert texts(send(api, read), "label") == ["Other"]
    rename = (
        "<m:renameMetadata><m:type>PermissionSet</m:type><m:oldFullName>Agent_Access</m:oldFullName>"
        "<m:newFullName>New</m:newFullName></m:renameMetadata>"
    )
    assert texts(send(api, rename), "success") == ["true"]
    assert send(api, read)[0][0].get(f"{{{XSI}}}nil") == "true"
    delete = "<m:deleteMetadata><m:type>PermissionSet</m:type><m:fullNames>New</m:fullNames></m:deleteMetadata>"
    assert texts(send(api, delete), "success") == ["true"]
    assert texts(send(api, delete), "statusCode") == ["INVALID_CROSS_REFERENCE_KEY"]


def test_deploying_and_retrieving(api: OrgApi) -> None:
    needed = "<contactEmail>a@acme.example</contactEmail><distributionState>Local</distributionState>"
    app = f'<ExternalClientApplication xmlns="{NAMESPACE}">{needed}<label>Agent</label></ExternalClientApplication>'
    package = f'<Package xmlns="{NAMESPACE}"><version>66.0</version></Package>'
    content = zipped({"package.xml": package, "externalClientApps/Agent.eca": app, "externalClientApps/B.eca": "<"})
    deploy = (
        f"<m:deploy><m:ZipFile>{content}</m:ZipFile><m:DeployOptions>"
        "<m:rollbackOnError>false</m:rollbackOnError></m:DeployOptions></m:deploy>"
    )
    (deployment,) = texts(send(api, deploy), "id")
    check = (
        f"<m:checkDeployStatus><m:asyncProcessId>{deployment}</m:asyncProcessId>"
        "<m:includeDetails>true</m:includeDetails></m:checkDeployStatus>"
    )
    status = send(api, check)
    assert texts(status, "status") == ["SucceededPartial"]
    assert texts(status, "problem") == ["Error parsing file: externalClientApps/B.eca is not well-formed XML"]
    assert (texts(status, "numberComponentsDeployed"), texts(status, "numberComponentErrors")) == (["1"], ["1"])
    retrieve = (
        "<m:retrieve><m:retrieveRequest><m:unpackaged><m:types><m:members>*</m:members>"
        "<m:name>ExternalClientApplication</m:name></m:types></m:unpackaged></m:retrieveRequest></m:retrieve>"
    )
    (retrieval,) = texts(send(api, retrieve), "id")
    done = send(api, f"<m:checkRetrieveStatus><m:asyncProcessId>{retrieval}</m:asyncProcessId></m:checkRetrieveStatus>")
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(texts(done, "zipFile")[0]))) as archive:
        assert archive.read("unpackaged/externalClientApps/Agent.eca").decode() == app


def test_a_dead_session(api: OrgApi) -> None:
    code, message = fault(api.post(PATH, content=envelope("00D!dead", "<m:describeMetadata/>")))
    assert code == "sf:INVALID_SESSION_ID"
    assert message.startswith("INVALID_SESSION_ID: Invalid Session ID found in SessionHeader")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", "soapenv:Client"),
        ("<oops", "soapenv:Client"),
        ("<a/>", "soapenv:Client"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "soapenv:Client"),
        (envelope("TOKEN", ""), "soapenv:Client"),
        (envelope("TOKEN", "<m:nonsense/>"), "soapenv:Client"),
        (envelope("TOKEN", "<m:checkDeployStatus/>"), "sf:INVALID_CROSS_REFERENCE_KEY"),
        (envelope("TOKEN", "<m:checkRetrieveStatus/>"), "sf:INVALID_CROSS_REFERENCE_KEY"),
        (envelope("TOKEN", "<m:describeValueType/>"), "sf:INVALID_TYPE"),
        (envelope("TOKEN", "<m:cancelDeploy/>"), "sf:INVALID_ID_FIELD"),
    ],
)
def test_a_request_that_cannot_be_served(api: OrgApi, body: str, expected: str) -> None:
    assert fault(api.post(PATH, content=body.replace("TOKEN", api.token)))[0] == expected


def test_a_retired_version(api: OrgApi) -> None:
    answer = api.post("/services/Soap/m/29.0", content=envelope(api.token, "<m:describeMetadata/>"))
    assert fault(answer)[0] == "sf:UNSUPPORTED_API_VERSION"


def test_too_many_components(api: OrgApi) -> None:
    names = "<m:fullNames>x</m:fullNames>" * 11
    answer = api.post(PATH, content=envelope(api.token, f"<m:readMetadata>{names}</m:readMetadata>"))
    assert fault(answer)[0] == "sf:LIMIT_EXCEEDED"
