from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from org_api import OrgApi

from orgkey_sim.data import Field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import Org, World


@pytest.fixture
def api(org: Org) -> Iterator[OrgApi]:
    org.records.load_contacts(450, owner_id=next(iter(org.users.values())).id)
    with OrgApi(org) as api:
        yield api


# -- addresses ------------------------------------------------------------------------------------------------------


def test_the_versions_list_needs_no_session(api: OrgApi) -> None:
    del api.http.headers["Authorization"]
    for path in ("/services/data", "/services/data/"):
        listed = api.get(path).json()
        assert listed[0] == {"label": "Summer '14", "url": "/services/data/v31.0", "version": "31.0"}
        assert {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"} in listed
        assert {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"} in listed


def test_a_version_names_its_resources(api: OrgApi) -> None:
    assert api.get("").json()["sobjects"] == "/services/data/v59.0/sobjects"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/services/data/v30.0/limits", 410, "UNSUPPORTED_API_VERSION"),
        ("/services/data/v99.0/limits", 404, "NOT_FOUND"),
        ("/services/data/vNext/limits", 404, "NOT_FOUND"),
        ("/services/data/v59.0/nowhere", 404, "NOT_FOUND"),
        ("/services/data/v59.0/sobjects/Nope", 404, "NOT_FOUND"),
        ("/services/data/v59.0/sobjects/Nope/describe", 404, "NOT_FOUND"),
        ("/services/data/v59.0/sobjects/Contact/003000000000009", 404, "NOT_FOUND"),
        ("/services/data/v59.0/sobjects/Contact/x", 404, "NOT_FOUND"),
        ("/services/data/v59.0/query", 400, "MALFORMED_QUERY"),
        ("/services/data/v59.0/search", 400, "MALFORMED_SEARCH"),
    ],
)
def test_what_is_not_there(api: OrgApi, path: str, status: int, code: str) -> None:
    assert api.refused(api.get(path), status, code)


def test_a_method_that_is_not_allowed(api: OrgApi) -> None:
    answer = api.call("PUT", "/sobjects/Contact")
    assert answer.headers["Allow"] == "GET,POST"
    assert api.refused(answer, 405, "METHOD_NOT_ALLOWED") == "HTTP Method 'PUT' not allowed. Allowed are GET,POST"


def test_the_method_may_stand_in_the_query_string(api: OrgApi) -> None:
    record_id = api.query("SELECT Id FROM Contact LIMIT 1")["records"][0]["Id"]
    answer = api.post(f"/sobjects/Contact/{record_id}?_HttpMethod=PATCH", json={"Title": "CTO"})
    assert answer.status_code == 204
    assert api.get(f"/sobjects/Contact/{record_id}").json()["Title"] == "CTO"


def test_a_dead_session(api: OrgApi) -> None:
    api.org.expire_sessions()
    for answer in (api.get("/limits"), api.get("/query?q=x"), api.get("/jobs/query/750")):
        assert api.refused(answer, 401, "INVALID_SESSION_ID") == "Session expired or invalid"


def test_the_log_says_why_a_call_was_refused(api: OrgApi) -> None:
    api.get("/query", params={"q": "SELECT Foo FROM Contact"})
    assert [(each.status, each.error) for each in api.org.log][-1] == (400, "INVALID_FIELD")


def test_every_answer_says_what_is_used_up(api: OrgApi) -> None:
    first, second = (api.get("/limits") for _ in range(2))
    assert first.headers["Sforce-Limit-Info"] == "api-usage=1/15000"
    assert second.headers["Sforce-Limit-Info"] == "api-usage=2/15000"
    assert second.json()["DailyApiRequests"] == {"Max": 15000, "Remaining": 14998}
    assert first.headers["Content-Type"] == "application/json;charset=UTF-8"


# -- queries --------------------------------------------------------------------------------------------------------


def test_a_query_is_paged(api: OrgApi) -> None:
    page = api.query("SELECT Id FROM Contact", **{"Sforce-Query-Options": "batchSize=200"})
    found, pages = page["records"], 1
    assert (page["totalSize"], page["done"]) == (450, False)
    while not page["done"]:
        assert page["nextRecordsUrl"].startswith("/services/data/v59.0/query/01g")
        page = api.get(page["nextRecordsUrl"]).json()
        found, pages = found + page["records"], pages + 1
    assert pages == 3
    assert len({each["Id"] for each in found}) == 450
    assert "nextRecordsUrl" not in page


@pytest.mark.parametrize(("option", "size"), [("batchSize=1", 200), ("batchSize = 201", 201), ("batchSize=9999", 450)])
def test_a_batch_size_stays_within_its_bounds(api: OrgApi, option: str, size: int) -> None:
    assert len(api.query("SELECT Id FROM Contact", **{"Sforce-Query-Options": option})["records"]) == size


def test_a_locator_nobody_gave_out(api: OrgApi) -> None:
    assert (
        api.refused(api.get("/query/01g000000000001AAA-200"), 400, "INVALID_QUERY_LOCATOR") == "invalid query locator"
    )


def test_a_refused_query_says_where(api: OrgApi) -> None:
    message = api.refused(api.get("/query", params={"q": "SELECT Foo FROM Contact"}), 400, "INVALID_FIELD")
    assert message.startswith(
        "\nSELECT Foo FROM Contact\n       ^\nERROR at Row:1:Column:8\nNo such column 'Foo' on entity"
    )


def test_query_all_sees_deleted_records(api: OrgApi) -> None:
    record_id = api.query("SELECT Id FROM Contact LIMIT 1")["records"][0]["Id"]
    api.call("DELETE", f"/sobjects/Contact/{record_id}")
    soql = {"q": f"SELECT Id FROM Contact WHERE Id = '{record_id}'"}
    assert api.get("/query/", params=soql).json()["totalSize"] == 0
    assert api.get("/queryAll/", params=soql).json()["totalSize"] == 1


def test_the_columns_of_a_query_without_running_it(api: OrgApi) -> None:
    soql = "SELECT Id, DoNotCall, Account.Name, (SELECT Id FROM Cases) FROM Contact"
    described = api.get("/query", params={"q": soql, "columns": "true"}).json()
    columns = {each["columnName"]: each for each in described["columnMetadata"]}
    assert (described["entityName"], described["idSelected"], described["keyPrefix"]) == ("Contact", True, "003")
    assert list(columns) == ["Id", "DoNotCall", "Account", "Cases"]
    assert columns["DoNotCall"]["booleanType"]
    assert columns["DoNotCall"]["apexType"] == "Boolean"
    assert columns["Account"]["joinColumns"][0]["columnName"] == "Name"
    assert columns["Cases"]["aggregate"]


def test_text_comes_back_as_it_went_in(api: OrgApi) -> None:
    name = "Žofie \u2028 \U0001f600 </script> \" ' \\ & ; %"
    record_id = api.post("/sobjects/Contact", json={"LastName": name}).json()["id"]
    assert api.get(f"/sobjects/Contact/{record_id}").json()["LastName"] == name
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    assert api.query(f"SELECT Id FROM Contact WHERE LastName = '{quoted}'")["totalSize"] == 1


def test_search(api: OrgApi) -> None:
    api.post("/sobjects/Contact", json={"LastName": "Waldo"})
    answer = api.get("/search/", params={"q": "FIND {Waldo} RETURNING Contact(LastName)"}).json()
    assert [each["LastName"] for each in answer["searchRecords"]] == ["Waldo"]


# -- records --------------------------------------------------------------------------------------------------------


def test_a_record_from_creation_to_deletion(api: OrgApi) -> None:
    created = api.post("/sobjects/Contact/", json={"LastName": "Ono", "attributes": {"type": "Contact"}})
    record_id = created.json()["id"]
    path = f"/sobjects/Contact/{record_id}"
    assert (created.status_code, created.json()) == (201, {"id": record_id, "success": True, "errors": []})
    assert created.headers["Location"].endswith(path)
    assert api.call("PATCH", path, json={"FirstName": "Yui"}).status_code == 204
    record = api.get(path, params={"fields": "Name,Owner.Username"}).json()
    assert record["Name"] == "Yui Ono"
    assert record["Owner"]["Username"] == next(iter(api.org.users))
    assert record["attributes"]["url"] == f"/services/data/v59.0{path}"
    assert api.call("DELETE", path).status_code == 204
    assert api.refused(api.call("DELETE", path), 404, "ENTITY_IS_DELETED") == "entity is deleted"
    assert api.refused(api.call("PATCH", path, json={}), 404, "ENTITY_IS_DELETED")


def test_a_record_that_is_not_saved(api: OrgApi) -> None:
    answer = api.post("/sobjects/Contact", json={"FirstName": "Yui"})
    assert answer.json() == [
        {
            "message": "Required fields are missing: [LastName]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["LastName"],
        }
    ]


def test_a_field_that_is_not_there(api: OrgApi) -> None:
    record_id = api.query("SELECT Id FROM Contact LIMIT 1")["records"][0]["Id"]
    answer = api.get(f"/sobjects/Contact/{record_id}", params={"fields": "Nope"})
    assert api.refused(answer, 400, "INVALID_FIELD") == "No such column 'Nope' on sobject of type Contact"


def test_upsert_by_external_id(api: OrgApi) -> None:
    path = "/sobjects/Contact/External_Id__c/E%2F1"
    created = api.call("PATCH", path, json={"LastName": "Ono"})
    updated = api.call("PATCH", path, json={"Title": "CTO"})
    assert (created.status_code, created.json()["created"]) == (201, True)
    assert (updated.status_code, updated.json()) == (200, created.json() | {"created": False})
    assert api.get(path).json()["Title"] == "CTO"
    assert api.call("DELETE", path).status_code == 204
    assert api.refused(api.get(path), 404, "NOT_FOUND")


def test_several_records_with_one_external_id(api: OrgApi) -> None:
    twins = [
        api.post("/sobjects/Contact", json={"LastName": "Ono", "External_Id__c": "T"}).json()["id"] for _ in range(2)
    ]
    urls = [f"/services/data/v59.0/sobjects/Contact/{each}" for each in twins]
    for answer in (
        api.get("/sobjects/Contact/External_Id__c/T"),
        api.call("PATCH", "/sobjects/contact/External_Id__c/T", json={}),
        api.call("DELETE", "/sobjects/Contact/External_Id__c/T"),
    ):
        assert (answer.status_code, answer.json()) == (300, urls)


def test_a_key_that_is_no_external_id(api: OrgApi) -> None:
    answer = api.call("PATCH", "/sobjects/Contact/Email/x", json={})
    assert "does not exist or is not accessible: Email" in api.refused(answer, 404, "NOT_FOUND")


def test_the_content_of_a_file(api: OrgApi) -> None:
    values = {"PathOnClient": "a.bin", "VersionData": "AAEC/w=="}
    version_id = api.post("/sobjects/ContentVersion", json=values).json()["id"]
    link = api.get(f"/sobjects/ContentVersion/{version_id}").json()["VersionData"]
    answer = api.get(link)
    assert answer.content == b"\x00\x01\x02\xff"
    assert answer.headers["Content-Type"] == "application/octetstream"


def test_describes(api: OrgApi) -> None:
    api.org.records.add_field("Contact", Field("Score__c", "double"))
    assert api.get("/sobjects").json()["sobjects"]
    assert api.get("/sobjects/Contact").json()["objectDescribe"]["name"] == "Contact"
    assert "Score__c" in {each["name"] for each in api.get("/sobjects/Contact/describe/").json()["fields"]}


def test_what_changed_and_what_was_deleted(api: OrgApi) -> None:
    record_id = api.post("/sobjects/Contact", json={"LastName": "Ono"}).json()["id"]
    window = {"start": "2026-01-01T00:00:00+00:00", "end": "2126-01-01T00:00:00Z"}
    assert api.get("/sobjects/Contact/updated", params=window).json()["ids"] == [record_id]
    api.call("DELETE", f"/sobjects/Contact/{record_id}")
    assert api.get("/sobjects/Contact/deleted/", params=window).json()["deletedRecords"][0]["id"] == record_id
    assert api.refused(api.get("/sobjects/Contact/deleted"), 400, "INVALID_FIELD")


def test_setting_a_password(api: OrgApi) -> None:
    user_id = next(iter(api.org.users.values())).id
    path = f"/sobjects/User/{user_id}/password"
    assert api.get(path).json() == {"isExpired": False}
    assert api.post(path, json={"NewPassword": "correct horse"}).status_code == 204
    assert api.refused(api.get("/sobjects/User/005000000000009/password"), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "No content to map to Object due to end of input"),
        (b"{", "Expecting property name enclosed in double quotes at [line:1, column:2]"),
        (b"nope", "Unexpected character ('n' (code 110)) at [line:1, column:1]"),
        (b'{"LastName": NaN}', "The HTTP entity body is not valid JSON"),
        (b"[" * 100_000, "The HTTP entity body is not valid JSON"),
        (b"\xff\xfe\x00", "The HTTP entity body is not valid JSON"),
        (b"[]", "The HTTP entity body is required to be a JSON object"),
    ],
)
def test_a_body_that_is_no_json_object(api: OrgApi, body: bytes, message: str) -> None:
    answer = api.post("/sobjects/Contact", content=body)
    assert api.refused(answer, 400, "JSON_PARSER_ERROR") in {message, "Unexpected end-of-input at [line:1, column:2]"}


def test_records_belong_to_their_org(shared_world: World, api: OrgApi) -> None:
    record_id = api.post("/sobjects/Contact", json={"LastName": "Ono"}).json()["id"]
    with OrgApi(shared_world.create_org("other")) as other:
        assert other.refused(other.get(f"/sobjects/Contact/{record_id}"), 404, "NOT_FOUND")
        assert other.query("SELECT COUNT() FROM Contact")["totalSize"] == 0
