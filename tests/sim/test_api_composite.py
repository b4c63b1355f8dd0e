from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from org_api import OrgApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import Org

BASE = "/services/data/v59.0"


@pytest.fixture
def api(org: Org) -> Iterator[OrgApi]:
    with OrgApi(org) as api:
        yield api


def part(method: str, path: str, reference: str, body: Any = None) -> dict[str, Any]:
    return {"method": method, "url": BASE + path, "referenceId": reference, "body": body}


def send(api: OrgApi, *parts: dict[str, Any], together: bool = False) -> list[dict[str, Any]]:
    answer = api.post("/composite", content=json.dumps({"allOrNone": together, "compositeRequest": parts}))
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["compositeResponse"]
    return results


def test_a_part_refers_to_an_earlier_one(api: OrgApi) -> None:
    results = send(
        api,
        part("POST", "/sobjects/Account", "account", {"Name": "Acme"}),
        part("POST", "/sobjects/Contact", "contact", {"LastName": "Ono", "AccountId": "@{account.id}"}),
        part("GET", "/query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{contact.id}'", "found"),
        part("GET", "/sobjects/Account/@{found.records[0].Account.attributes.type}", "nonsense"),
    )
    assert [each["httpStatusCode"] for each in results] == [201, 201, 200, 404]
    assert [each["referenceId"] for each in results] == ["account", "contact", "found", "nonsense"]
    assert results[2]["body"]["records"][0]["Account"]["Name"] == "Acme"


def test_a_reference_to_nothing(api: OrgApi) -> None:
    (result,) = send(api, part("GET", "/sobjects/Account/@{nobody.id}", "x"))
    assert result["httpStatusCode"] == 400
    assert result["body"][0]["message"].startswith("Invalid reference specified. No value for nobody.id found")


@pytest.mark.parametrize(("together", "left"), [(False, 2), (True, 0)])
def test_all_or_none(api: OrgApi, together: bool, left: int) -> None:
    results = send(
        api,
        part("POST", "/sobjects/Contact", "a", {"LastName": "A"}),
        part("POST", "/sobjects/Contact", "b", {}),
        part("POST", "/sobjects/Contact", "c", {"LastName": "C"}),
        together=together,
    )
    assert api.query("SELECT COUNT() FROM Contact")["totalSize"] == left
    assert results[1]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    expected = "PROCESSING_HALTED" if together else None
    for each in (results[0], results[2]):
        assert (each["body"][0]["errorCode"] if together else None) == expected


def test_too_many_parts(api: OrgApi) -> None:
    answer = api.post("/composite", json={"compositeRequest": [part("GET", "/limits", str(n)) for n in range(26)]})
    assert api.refused(answer, 400, "LIMIT_EXCEEDED")


@pytest.mark.parametrize("body", [{}, {"compositeRequest": 5}, {"compositeRequest": ["x"]}, [], 5])
def test_a_body_of_another_form(api: OrgApi, body: Any) -> None:
    assert api.refused(api.post("/composite", json=body), 400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize(
    "url", ["", "x", "http://elsewhere.example/x", "/services/data/v59.0/composite", "//", "\ud83d"]
)
def test_a_part_that_leads_nowhere(api: OrgApi, url: str) -> None:
    (result,) = send(api, {"method": "GET", "url": url, "referenceId": "x"})
    assert result["httpStatusCode"] == 404


@pytest.mark.parametrize("depth", [100, 300, 500, 700, 900, 2000])
def test_a_body_nested_deep(api: OrgApi, depth: int) -> None:
    inner = "[" * depth + "]" * depth
    body = f'{{"compositeRequest": [{{"method": "POST", "url": "{BASE}/sobjects/Contact", "body": {inner}}}]}}'
    assert api.post("/composite", content=body).status_code in {200, 400}


def test_a_batch(api: OrgApi) -> None:
    requests = [
        {"method": "GET", "url": "v59.0/limits"},
        {"method": "POST", "url": "v59.0/sobjects/Contact", "richInput": {}},
        {"method": "POST", "url": "v59.0/sobjects/Contact", "richInput": {"LastName": "Ono"}},
    ]
    answer = api.post("/composite/batch", json={"batchRequests": requests}).json()
    assert answer["hasErrors"]
    assert [each["statusCode"] for each in answer["results"]] == [200, 400, 201]
    halted = api.post("/composite/batch", json={"batchRequests": requests, "haltOnError": True}).json()
    assert [each["statusCode"] for each in halted["results"]] == [200, 400, 412]


def records(*names: str | None) -> list[dict[str, Any]]:
    return [{"attributes": {"type": "Contact"}, "LastName": name} for name in names]


@pytest.mark.parametrize(("together", "left"), [(False, 2), (True, 0)])
def test_many_records_at_once(api: OrgApi, together: bool, left: int) -> None:
    body = {"allOrNone": together, "records": records("A", None, "C")}
    results = api.post("/composite/sobjects", json=body).json()
    assert [each["success"] for each in results] == [not together, False, not together]
    assert results[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert api.query("SELECT COUNT() FROM Contact")["totalSize"] == left


def test_many_records_changed_upserted_and_deleted(api: OrgApi) -> None:
    created = [each["id"] for each in api.post("/composite/sobjects", json={"records": records("A", "B")}).json()]
    changes = [{"attributes": {"type": "Contact"}, "id": each, "Title": "CTO"} for each in created]
    changed = api.call("PATCH", "/composite/sobjects", json={"records": changes}).json()
    assert [each["id"] for each in changed] == created
    assert api.query("SELECT COUNT() FROM Contact WHERE Title = 'CTO'")["totalSize"] == 2
    upserts = [{"attributes": {"type": "Contact"}, "External_Id__c": "E", "LastName": name} for name in "XY"]
    results = api.call("PATCH", "/composite/sobjects/Contact/External_Id__c", json={"records": upserts}).json()
    assert [each["created"] for each in results] == [True, False]
    gone = api.call("DELETE", "/composite/sobjects", params={"ids": ",".join([*created, "zzz"])}).json()
    assert [each["success"] for each in gone] == [True, True, False]
    assert api.query("SELECT COUNT() FROM Contact")["totalSize"] == 1


def test_records_without_a_type_and_too_many_of_them(api: OrgApi) -> None:
    (result,) = api.post("/composite/sobjects", json={"records": [{"LastName": "x"}]}).json()
    assert result["errors"][0]["statusCode"] == "INVALID_INPUT"
    answer = api.post("/composite/sobjects", json={"records": records(*["x"] * 201)})
    assert api.refused(answer, 400, "EXCEEDED_ID_LIMIT")
