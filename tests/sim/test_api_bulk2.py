from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest
from org_api import OrgApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import Org


@pytest.fixture
def api(org: Org) -> Iterator[OrgApi]:
    org.records.load_contacts(25)
    with OrgApi(org) as api:
        yield api


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter))


def ingest(api: OrgApi, data: str, **settings: Any) -> str:
    """Create a job, upload, close; return its address."""
    created = api.post("/jobs/ingest", json={"object": "Contact", "operation": "insert", **settings})
    assert created.status_code == 200, created.text
    address = f"/jobs/ingest/{created.json()['id']}"
    headers = {"Content-Type": "text/csv"}
    assert api.call("PUT", f"/{created.json()['contentUrl']}", content=data, headers=headers).status_code == 201
    assert api.call("PATCH", address, json={"state": "UploadComplete"}).json()["state"] == "UploadComplete"
    return address


def test_rows_are_saved_one_by_one(api: OrgApi) -> None:
    job = ingest(api, "LastName,Email\nOno,yui@acme.example\n,x@acme.example\nOda,nobody\n")
    info = api.get(job).json()
    assert (info["state"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == ("JobComplete", 3, 2)
    assert (info["jobType"], info["apiVersion"], info["object"]) == ("V2Ingest", 59.0, "Contact")
    (saved,) = rows(api.get(f"{job}/successfulResults").text)
    assert saved == {"sf__Id": saved["sf__Id"], "sf__Created": "true", "LastName": "Ono", "Email": "yui@acme.example"}
    assert api.get(f"/sobjects/Contact/{saved['sf__Id']}").json()["LastName"] == "Ono"
    failed = rows(api.get(f"{job}/failedResults").text)
    assert failed[0]["sf__Error"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --"
    assert failed[1]["sf__Error"].startswith("INVALID_EMAIL_ADDRESS:")
    assert rows(api.get(f"{job}/unprocessedrecords").text) == []


def test_every_operation(api: OrgApi) -> None:
    ingest(api, "LastName,External_Id__c\nOno,E1\nOda,E2\n")
    ingest(api, "External_Id__c,Title\nE1,CTO\nE3,\n", operation="upsert", externalIdFieldName="External_Id__c")
    by_key = {
        each["External_Id__c"]: each
        for each in api.query("SELECT Id, External_Id__c, Title FROM Contact WHERE External_Id__c != null")["records"]
    }
    assert {key: each["Title"] for key, each in by_key.items()} == {"E1": "CTO", "E2": None}
    ingest(api, f"Id,Title\n{by_key['E1']['Id']},#N/A\n{by_key['E2']['Id']},CFO\n", operation="update")
    titles = api.query("SELECT Title FROM Contact WHERE External_Id__c != null ORDER BY External_Id__c")["records"]
    assert [each["Title"] for each in titles] == [None, "CFO"]
    ingest(api, f"Id\n{by_key['E1']['Id']}\n", operation="delete")
    ingest(api, f"Id\n{by_key['E2']['Id']}\n", operation="hardDelete")
    everything = {"q": "SELECT Id FROM Contact WHERE External_Id__c != null"}
    assert api.get("/queryAll", params=everything).json()["totalSize"] == 1


def test_a_parent_by_external_id_and_other_separators(api: OrgApi) -> None:
    api.post("/sobjects/Account", json={"Name": "Acme", "External_Id__c": "A1"})
    job = ingest(api, "LastName;Account.External_Id__c\r\nOno;A1\r\n", columnDelimiter="SEMICOLON", lineEnding="CRLF")
    text = api.get(f"{job}/successfulResults").text
    assert text.startswith('"sf__Id";"sf__Created";"LastName"')
    assert "\r\n" in text
    assert (
        api.query("SELECT Account.Name FROM Contact WHERE LastName = 'Ono'")["records"][0]["Account"]["Name"] == "Acme"
    )


@pytest.mark.parametrize("data", ["", "\n", 'LastName\n"unclosed', "LastName,Email\nonly one\n"])
def test_data_that_is_no_csv(api: OrgApi, data: str) -> None:
    info = api.get(ingest(api, data)).json()
    assert info["state"] == "Failed"
    assert info["errorMessage"].startswith("InvalidBatch : ")


def test_a_client_may_be_made_to_wait(api: OrgApi) -> None:
    api.org.records.jobs.polls_before_done = 2
    job = ingest(api, "LastName\nOno\n")
    assert [api.get(job).json()["state"] for _ in range(3)] == ["InProgress", "InProgress", "JobComplete"]


def test_jobs_are_listed_aborted_and_deleted(api: OrgApi) -> None:
    created = api.post("/jobs/ingest", json={"object": "Contact", "operation": "insert"}).json()
    address = f"/jobs/ingest/{created['id']}"
    assert [each["id"] for each in api.get("/jobs/ingest").json()["records"]] == [created["id"]]
    assert api.get("/jobs/query").json()["records"] == []
    assert api.call("PATCH", address, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert api.refused(api.call("PATCH", address, json={"state": "UploadComplete"}), 400, "INVALIDJOBSTATE")
    assert api.refused(api.call("PUT", f"{address}/batches", content="x"), 400, "INVALIDJOBSTATE")
    assert api.call("DELETE", address).status_code == 204
    assert api.refused(api.get(address), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"object": "Nope", "operation": "insert"}, "INVALIDENTITY"),
        ({"object": "Contact", "operation": "paint"}, "INVALIDJOB"),
        ({"object": "Contact"}, "INVALIDJOB"),
        ({"object": "Contact", "operation": "upsert"}, "INVALIDJOB"),
        ({"object": "Contact", "operation": "insert", "columnDelimiter": "DOT"}, "INVALIDJOB"),
        ({"object": "Contact", "operation": "insert", "lineEnding": ["LF"]}, "INVALIDJOB"),
        ([], "JSON_PARSER_ERROR"),
    ],
)
def test_a_job_that_is_not_created(api: OrgApi, settings: Any, code: str) -> None:
    assert api.refused(api.post("/jobs/ingest", json=settings), 400, code)


# -- query ----------------------------------------------------------------------------------------------------------


def query_job(api: OrgApi, soql: str, **settings: Any) -> str:
    created = api.post("/jobs/query", json={"operation": "query", "query": soql, **settings})
    assert created.status_code == 200, created.text
    assert created.json()["state"] == "UploadComplete"
    return f"/jobs/query/{created.json()['id']}"


def test_results_are_paged_by_locator(api: OrgApi) -> None:
    job = query_job(api, "SELECT Account.Name, Id, DoNotCall, CreatedDate, Title FROM Contact")
    assert api.get(job).json()["numberRecordsProcessed"] == 25
    found: list[dict[str, str]] = []
    locator, sizes = "", []
    while locator != "null":
        answer = api.get(f"{job}/results", params={"maxRecords": "10", "locator": locator})
        locator = answer.headers["Sforce-Locator"]
        sizes.append(answer.headers["Sforce-NumberOfRecords"])
        found += rows(answer.text)
    assert sizes == ["10", "10", "5"]
    assert len({each["Id"] for each in found}) == 25
    assert list(found[0]) == ["Account.Name", "Id", "DoNotCall", "CreatedDate", "Title"]
    assert found[0]["DoNotCall"] == "false"
    assert found[0]["CreatedDate"].endswith(":00.000Z")


def test_results_are_not_there_before_the_job_is_done(api: OrgApi) -> None:
    api.org.records.jobs.polls_before_done = 1
    job = query_job(api, "SELECT Id FROM Contact")
    assert api.refused(api.get(f"{job}/results"), 400, "INVALIDJOBSTATE")
    assert [api.get(job).json()["state"] for _ in range(2)] == ["InProgress", "JobComplete"]
    assert api.get(f"{job}/results").status_code == 200


def test_query_all_sees_deleted_records(api: OrgApi) -> None:
    record_id = api.query("SELECT Id FROM Contact LIMIT 1")["records"][0]["Id"]
    api.call("DELETE", f"/sobjects/Contact/{record_id}")
    soql = f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{record_id}'"
    assert api.get(query_job(api, soql)).json()["numberRecordsProcessed"] == 0
    job = query_job(api, soql, operation="queryAll")
    api.get(job)
    assert rows(api.get(f"{job}/results").text)[0]["IsDeleted"] == "true"


@pytest.mark.parametrize("parameters", [{"locator": "x"}, {"locator": "25"}, {"locator": "-1"}, {"maxRecords": "0"}])
def test_a_window_outside_the_results(api: OrgApi, parameters: dict[str, str]) -> None:
    job = query_job(api, "SELECT Id FROM Contact")
    api.get(job)
    answer = api.get(f"{job}/results", params=parameters)
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] in {"INVALID_QUERY_LOCATOR", "ILLEGAL_QUERY_PARAMETER_VALUE"}


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Nope FROM Contact", "INVALID_FIELD"),
        ("SELECT COUNT() FROM Contact", "API_ERROR"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR"),
        ("", "MALFORMED_QUERY"),
    ],
)
def test_a_query_that_is_not_run(api: OrgApi, soql: str, code: str) -> None:
    assert api.refused(api.post("/jobs/query", json={"operation": "query", "query": soql}), 400, code)


def test_a_query_job_is_aborted_and_no_ingest_job(api: OrgApi) -> None:
    job = query_job(api, "SELECT Id FROM Contact")
    assert api.refused(api.get(job.replace("query", "ingest")), 404, "NOT_FOUND")
    assert api.refused(api.call("PATCH", job, json={"state": "UploadComplete"}), 400, "INVALIDJOBSTATE")
    assert api.call("PATCH", job, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert api.refused(api.get(f"{job}/results"), 400, "INVALIDJOBSTATE")
