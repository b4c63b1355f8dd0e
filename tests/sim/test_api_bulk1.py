from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from org_api import OrgApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from orgkey_sim import Org

BASE = "/services/async/59.0/job"
NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"


@pytest.fixture
def api(org: Org) -> Iterator[OrgApi]:
    org.records.load_contacts(3)
    with OrgApi(org) as api:
        del api.http.headers["Authorization"]
        api.http.headers["X-SFDC-Session"] = api.token
        yield api


def send_xml(api: OrgApi, path: str, body: str, media_type: str = "application/xml; charset=UTF-8") -> httpx.Response:
    return api.post(BASE + path, content=body, headers={"Content-Type": media_type})


def text(answer: httpx.Response, name: str) -> str | None:
    return ET.fromstring(answer.content).findtext(f".//{{{NAMESPACE}}}{name}")


def xml_job(api: OrgApi, operation: str, content_type: str, extra: str = "") -> str:
    answer = send_xml(
        api,
        "",
        f'<?xml version="1.0" encoding="UTF-8"?><jobInfo xmlns="{NAMESPACE}"><operation>{operation}</operation>'
        f"<object>Contact</object>{extra}<contentType>{content_type}</contentType></jobInfo>",
    )
    assert answer.status_code == 201, answer.text
    assert (text(answer, "state"), text(answer, "operation")) == ("Open", operation)
    return f"/{text(answer, 'id')}"


def refused(answer: httpx.Response, code: str) -> str:
    assert answer.status_code == 400, answer.text
    assert text(answer, "exceptionCode") == code, answer.text
    return text(answer, "exceptionMessage") or ""


def test_a_job_in_xml(api: OrgApi) -> None:
    job = xml_job(api, "insert", "XML")
    body = (
        f'<sObjects xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<sObject><LastName>Ono &amp; Co</LastName><Title xsi:nil="true"/></sObject><sObject/></sObjects>'
    )
    added = send_xml(api, f"{job}/batch", body)
    assert (added.status_code, text(added, "state")) == (201, "Queued")
    batch = f"{job}/batch/{text(added, 'id')}"
    info = api.get(BASE + batch)
    assert [text(info, name) for name in ("state", "numberRecordsProcessed", "numberRecordsFailed")] == [
        "Completed",
        "2",
        "1",
    ]
    results = ET.fromstring(api.get(f"{BASE}{batch}/result").content)
    first, second = results.findall(f"{{{NAMESPACE}}}result")
    assert first.findtext(f"{{{NAMESPACE}}}success") == "true"
    assert second.findtext(f"{{{NAMESPACE}}}errors/{{{NAMESPACE}}}statusCode") == "REQUIRED_FIELD_MISSING"
    assert api.get(f"{BASE}{batch}/request").text == body
    assert (
        text(send_xml(api, job, f'<jobInfo xmlns="{NAMESPACE}"><state>Closed</state></jobInfo>'), "state") == "Closed"
    )
    assert refused(send_xml(api, f"{job}/batch", body), "InvalidJobState")
    assert text(api.get(BASE + job), "numberBatchesTotal") == "1"
    assert text(api.get(f"{BASE}{job}/batch"), "jobId") == job[1:]


def test_a_job_in_csv(api: OrgApi) -> None:
    job = xml_job(api, "upsert", "CSV", "<externalIdFieldName>External_Id__c</externalIdFieldName>")
    added = send_xml(api, f"{job}/batch", "LastName,External_Id__c\nOno,E1\nOda,E1\n", "text/csv; charset=UTF-8")
    lines = api.get(f"{BASE}{job}/batch/{text(added, 'id')}/result").text.splitlines()
    assert lines[0] == '"Id","Success","Created","Error"'
    assert [line.split(",")[1:3] for line in lines[1:]] == [['"true"', '"true"'], ['"true"', '"false"']]


@pytest.mark.parametrize(("content_type", "expected"), [("CSV", '"Id","Account.Name"'), ("XML", "<queryResult")])
def test_a_query(api: OrgApi, content_type: str, expected: str) -> None:
    job = xml_job(api, "query", content_type)
    added = send_xml(api, f"{job}/batch", "SELECT Id, Account.Name FROM Contact", "text/csv")
    batch = f"{BASE}{job}/batch/{text(added, 'id')}"
    result = text(api.get(f"{batch}/result"), "result")
    answer = api.get(f"{batch}/result/{result}")
    assert expected in answer.text
    name = api.org.records.query("SELECT Name FROM Account").records[0]["Name"]
    assert answer.text.count(name) == 3
    assert refused(api.get(f"{batch}/result/752000000000001"), "InvalidBatch")


def test_a_query_in_json_has_moments_as_milliseconds(api: OrgApi) -> None:
    api.http.headers["Content-Type"] = "application/json"
    job = api.post(BASE, json={"operation": "query", "object": "Contact", "contentType": "JSON", "concurrencyMode": 0})
    assert job.json()["concurrencyMode"] == "Parallel"
    path = f"{BASE}/{job.json()['id']}/batch"
    batch = api.post(path, content="SELECT CreatedDate, Account.CreatedDate FROM Contact LIMIT 1").json()
    (result,) = api.get(f"{path}/{batch['id']}/result").json()
    (record,) = api.get(f"{path}/{batch['id']}/result/{result}").json()
    assert isinstance(record["CreatedDate"], int)
    assert record["Account"]["CreatedDate"] % 86_400_000 == 0


def test_a_client_may_be_made_to_wait(api: OrgApi) -> None:
    api.org.records.jobs.polls_before_done = 1
    job = xml_job(api, "insert", "CSV")
    added = send_xml(api, f"{job}/batch", "LastName\nOno\n", "text/csv")
    batch = f"{BASE}{job}/batch/{text(added, 'id')}"
    assert [text(api.get(batch), "state") for _ in range(2)] == ["InProgress", "Completed"]


@pytest.mark.parametrize(
    ("operation", "content_type", "data", "message"),
    [
        ("insert", "CSV", "", "InvalidBatch : Failed to read header"),
        ("insert", "JSON", "{}", "InvalidBatch : Failed to parse JSON"),
        ("insert", "JSON", "[", "JSON_PARSER_ERROR : "),
        ("insert", "XML", "<sObjects", "InvalidXml : "),
        ("insert", "XML", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "InvalidXml : DOCTYPE is disallowed"),
        ("insert", "XML", "<a>" * 5000, "InvalidXml : The document is nested too deep"),
        ("query", "CSV", "SELECT Nope FROM Contact", "INVALID_FIELD : "),
        ("query", "CSV", "SELECT Id FROM Account", "InvalidBatch : "),
        ("query", "CSV", "SELECT COUNT() FROM Contact", "FeatureNotEnabled : Aggregate Relationships not supported"),
    ],
)
def test_a_batch_that_fails(api: OrgApi, operation: str, content_type: str, data: str, message: str) -> None:
    job = xml_job(api, operation, content_type)
    api.http.headers["Accept"] = "application/json"
    added = send_xml(api, f"{job}/batch", data).json()
    info = api.get(f"{BASE}{job}/batch/{added['id']}").json()
    assert info["state"] == "Failed"
    assert info["stateMessage"].startswith(message)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<oops", "InvalidXml"),
        ("", "InvalidXml"),
        ("<jobInfo/>", "InvalidJob"),
        ("<jobInfo><operation>insert</operation><object>Nope</object></jobInfo>", "InvalidEntity"),
        ("<jobInfo><operation>upsert</operation><object>Contact</object></jobInfo>", "InvalidJob"),
        (
            "<jobInfo><operation>insert</operation><object>Contact</object><contentType>PDF</contentType></jobInfo>",
            "InvalidJob",
        ),
    ],
)
def test_a_job_that_is_not_created(api: OrgApi, body: str, code: str) -> None:
    assert refused(send_xml(api, "", body), code)


def test_what_is_not_there(api: OrgApi) -> None:
    job = xml_job(api, "insert", "CSV")
    assert refused(api.get(f"{BASE}/750000000000001"), "InvalidJob")
    assert refused(api.get(f"{BASE}{job}/batch/751000000000001"), "InvalidBatch")
    assert refused(api.get("/services/async/29.0/job/x"), "InvalidVersion")


def test_a_dead_session_in_xml_and_json(api: OrgApi) -> None:
    api.org.expire_sessions()
    assert refused(api.get(f"{BASE}/750000000000001"), "InvalidSessionId") == "Invalid session id"
    answer = api.get(f"{BASE}/750000000000001", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["exceptionCode"]) == (400, "InvalidSessionId")
