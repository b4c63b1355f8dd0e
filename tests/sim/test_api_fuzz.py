"""Whatever arrives, the org answers as an org would: never with a failure of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from org_api import OrgApi

from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
METHODS = st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def api() -> Iterator[OrgApi]:
    with World() as world, OrgApi(world.create_org("acme", contacts=5)) as api:
        yield api


def check(answer: httpx.Response) -> None:
    fault_of_the_caller = answer.status_code == 500 and b"Fault>" in answer.content
    assert answer.status_code < 500 or fault_of_the_caller, answer.text
    assert b"UNKNOWN_EXCEPTION" not in answer.content


def some_path(*parts: str) -> st.SearchStrategy[str]:
    """Addresses of these parts, most of them right."""
    return st.lists(st.sampled_from(parts) | st.text(max_size=6), max_size=5).map(
        lambda path: "/".join(quote(each, errors="replace", safe="") for each in path)
    )


DATA_PATHS = some_path(
    "query", "queryAll", "search", "sobjects", "Contact", "Account", "describe", "limits", "External_Id__c", "Id",
    "composite", "batch", "tree", "tooling", "executeAnonymous", "jobs", "ingest", "results", "batches", "deleted",
    "updated", "003000000000001", "01g000000000001AAA-2", "ContentVersion", "VersionData", "User", "password",
)  # fmt: skip


@FUZZ
@given(METHODS, DATA_PATHS, st.binary(max_size=60), st.dictionaries(st.sampled_from("q ids fields start"), st.text()))
def test_rest_addresses(api: OrgApi, method: str, path: str, body: bytes, parameters: dict[str, str]) -> None:
    parameters = {name: value.encode("utf-8", "replace").decode() for name, value in parameters.items()}
    check(api.call(method, f"/{path}", content=body, params=parameters))


BODIES = {
    "/sobjects/Contact": ["LastName", "Email", "Account", "attributes", "External_Id__c"],
    "/sobjects/ContentVersion": ["PathOnClient", "VersionData", "ContentDocumentId"],
    "/composite": ["allOrNone", "compositeRequest"],
    "/composite/batch": ["batchRequests", "haltOnError"],
    "/composite/sobjects": ["allOrNone", "records"],
    "/jobs/ingest": ["object", "operation", "externalIdFieldName", "columnDelimiter", "lineEnding"],
    "/jobs/query": ["operation", "query", "columnDelimiter"],
    "/services/async/59.0/job": ["operation", "object", "contentType", "concurrencyMode", "externalIdFieldName"],
}
KNOWN_VALUES = st.sampled_from(["Contact", "insert", "upsert", "query", "SELECT Id FROM Contact", "XML", "LF", "Id"])


@FUZZ
@given(st.data())
def test_json_bodies(api: OrgApi, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(BODIES)))
    keys = st.sampled_from(BODIES[path])
    body = data.draw(st.dictionaries(keys, KNOWN_VALUES | JSON_VALUES) | JSON_VALUES)
    check(api.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"}))


PARTS = st.fixed_dictionaries(
    {},
    optional={
        "method": METHODS | JSON_VALUES,
        "url": DATA_PATHS.map(lambda path: f"/services/data/v59.0/{path}") | JSON_VALUES,
        "referenceId": st.text(max_size=3) | JSON_VALUES,
        "body": JSON_VALUES,
        "richInput": JSON_VALUES,
    },
)


@FUZZ
@given(st.lists(PARTS, max_size=3), st.booleans())
@example([{"method": "GET", "url": "/services/data/v59.0/query?q=%FF", "referenceId": "@{x.y}"}], True)
@example([{"method": "GET", "url": "http://[", "referenceId": "x"}], False)
def test_composite_parts(api: OrgApi, parts: list[dict[str, Any]], together: bool) -> None:
    for path, name in (("/composite", "compositeRequest"), ("/composite/batch", "batchRequests")):
        check(api.post(path, content=json.dumps({"allOrNone": together, name: parts})))


XML_TEXT = st.text(max_size=40) | st.sampled_from(
    ["<a>", "</a>", "<a/>", "&amp;", "&x;", "<!DOCTYPE a>", "<?xml version='1.0' encoding='utf-7'?>", "]]>", "\x00"]
)


@FUZZ
@given(
    st.lists(XML_TEXT, max_size=8).map("".join),
    st.sampled_from(["application/xml", "application/json", "text/csv", ""]),
)
@example("<?xml version='1.0' encoding='utf-32'?><a/>", "application/xml")
def test_bulk_1_bodies(api: OrgApi, body: str, media_type: str) -> None:
    content = body.encode("utf-8", "replace")
    headers = {"Content-Type": media_type, "X-SFDC-Session": api.token}
    job = f"<jobInfo><operation>insert</operation><object>Contact</object>{body}</jobInfo>".encode("utf-8", "replace")
    for each in (content, job):
        check(api.post("/services/async/59.0/job", content=each, headers=headers))


OPERATION_NAMES = """
describeMetadata describeValueType listMetadata readMetadata createMetadata updateMetadata upsertMetadata deleteMetadata
renameMetadata deploy checkDeployStatus cancelDeploy retrieve checkRetrieveStatus other
"""
OPERATIONS = st.sampled_from(OPERATION_NAMES.split())
FRAGMENTS = st.sampled_from(
    [
        "<type>Profile</type>", "<fullNames>x</fullNames>", "<metadata/>",
        "<metadata><fullName>x</fullName><a><b/></a></metadata>",

        "<queries><type>CustomObject</type></queries>", "<ZipFile>AAAA</ZipFile>", "<ZipFile>\u20ac</ZipFile>",
        "<asyncProcessId/>",
        "<retrieveRequest><unpackaged><types><members>*</members></types></unpackaged></retrieveRequest>", "text", "<x",
    ]
)  # fmt: skip


@FUZZ
@given(OPERATIONS, st.lists(FRAGMENTS, max_size=4).map("".join))
def test_metadata_operations(api: OrgApi, operation: str, inner: str) -> None:
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><SessionHeader>'
        f"<sessionId>{api.token}</sessionId></SessionHeader></e:Header>"
        f"<e:Body><{operation}>{inner}</{operation}></e:Body></e:Envelope>"
    )
    check(api.post("/services/Soap/m/59.0", content=body.encode()))


def test_the_org_is_still_there(api: OrgApi) -> None:
    assert api.get("/limits").status_code == 200
