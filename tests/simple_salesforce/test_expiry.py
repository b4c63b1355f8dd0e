"""Every path of the client lives through the death of its session, each call of it, any number of times."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import zeep.exceptions
from raw_server import RawServer, http, token_answer
from simple_salesforce import bulk, bulk2

import orgkey
from orgkey_simple_salesforce import Salesforce, SalesforceExpiredSession, SalesforceMalformedRequest, SessionRejected


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(bulk, "sleep", lambda _: None)
    monkeypatch.setattr(bulk2, "sleep", lambda _: None)


def some_contacts(count: int = 3) -> list[dict[str, str]]:
    return [{"LastName": f"Imported {number}"} for number in range(count)]


REST_CALLS: dict[str, Any] = {
    "query": lambda sf: sf.query("SELECT Id FROM Contact LIMIT 1")["records"][0]["Id"],
    "query_all": lambda sf: sf.query_all("SELECT Id FROM Contact")["totalSize"] == 30,
    "queryAll": lambda sf: sf.query("SELECT Id FROM Contact", include_deleted=True)["done"],
    "describe": lambda sf: sf.describe()["sobjects"],
    "search": lambda sf: "searchRecords" in sf.quick_search("Nobody"),
    "limits": lambda sf: sf.limits()["DailyApiRequests"],
    "restful": lambda sf: sf.restful("limits")["DailyApiRequests"],
    "is_sandbox": lambda sf: sf.is_sandbox() is False,
    "toolingexecute": lambda sf: sf.toolingexecute("query?q=SELECT+Id+FROM+Contact+LIMIT+1")["size"] == 1,
    "apexecute": lambda sf: sf.apexecute("Greeter", method="POST", data={"to": "you"})["body"] == {"to": "you"},
    "oauth2 userinfo": lambda sf: sf.oauth2("userinfo")["preferred_username"] == "agent@acme.example",
    "SFType describe": lambda sf: sf.Contact.describe()["name"] == "Contact",
    "SFType create": lambda sf: sf.Contact.create({"LastName": "New"})["success"],
}


@pytest.mark.parametrize("call", REST_CALLS.values(), ids=REST_CALLS)
def test_a_rest_call_lives_through_the_death_of_the_session(sf, org, call):
    org.expire_sessions()
    assert call(sf)
    assert org.token_requests == 2


def test_each_page_of_a_lazy_query_may_meet_a_dead_session(sf, mortal, org):
    with_small_pages = {"Sforce-Query-Options": "batchSize=200"}
    for number in range(2):
        sf.restful(
            "composite/sobjects",
            method="POST",
            json={
                "records": [{"attributes": {"type": "Contact"}, "LastName": f"{number}.{each}"} for each in range(200)]
            },
        )
    names = {each["LastName"] for each in sf.query_all_iter("SELECT LastName FROM Contact", headers=with_small_pages)}
    assert {"0.0", "1.199"} <= names
    assert mortal.deaths == 4


def test_an_object_type_held_for_long_lives_on(sf, mortal, org):
    contacts = sf.Contact
    found = contacts.create({"LastName": "Held"})["id"]
    assert contacts.update(found, {"LastName": "Updated"}) == 204
    assert contacts.get(found)["LastName"] == "Updated"
    assert contacts.upsert(f"Id/{found}", {"LastName": "Upserted"}) in {200, 204}
    assert contacts.delete(found) == 204
    assert mortal.deaths == 4
    assert org.token_requests == 5


def test_the_callers_headers_survive_the_replay(sf, org):
    org.expire_sessions()
    answer = sf._call_salesforce("GET", sf.base_url + "limits", headers={"Sforce-Call-Options": "client=acme"})
    assert answer.request.headers["Sforce-Call-Options"] == "client=acme"
    org.expire_sessions()
    page = sf.query("SELECT Id FROM Contact", headers={"Sforce-Query-Options": "batchSize=200"})
    assert page["done"]


# --- Bulk API -------------------------------------------------------------------------------------------------------


def test_a_running_bulk_1_job_outlives_its_session(sf, mortal, org):
    org.records.jobs.polls_before_done = 2
    handler = sf.bulk
    results = handler.Contact.insert(some_contacts())
    assert [each["success"] for each in results] == [True] * 3
    assert mortal.deaths >= 5  # create, add, close, each poll, results


def test_a_held_bulk_1_handler_queries_with_the_token_of_now(sf, mortal, org):
    handler = sf.bulk.Contact
    for _ in range(2):
        assert len(handler.query("SELECT Id FROM Contact")) == 30
    assert mortal.deaths > 8


def test_bulk_1_with_concurrent_batches_logs_in_once(sf, org, monkeypatch):
    org.records.jobs.polls_before_done = 1
    deaths = iter([True])
    monkeypatch.setattr(bulk, "sleep", lambda _: org.expire_sessions() if next(deaths, False) else None)
    results = sf.bulk.Contact.insert(some_contacts(8), batch_size=1)
    assert len(results) == 8
    assert org.token_requests == 2


def test_a_bulk_2_upload_outlives_its_session(sf, mortal, org):
    org.records.jobs.polls_before_done = 2
    (result,) = sf.bulk2.Contact.insert(records=some_contacts())
    assert result["numberRecordsProcessed"] == 3
    assert result["numberRecordsFailed"] == 0
    assert mortal.deaths >= 5  # upload, close, each poll, result


def test_a_bulk_2_query_outlives_its_session(sf, mortal, org):
    pages = list(sf.bulk2.Contact.query("SELECT LastName FROM Contact", max_records=10))
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page))]
    assert (len(pages), len(rows)) == (3, 30)
    assert mortal.deaths >= 4


def test_a_bulk_2_download_is_streamed_and_outlives_its_session(sf, mortal, org, tmp_path):
    results = sf.bulk2.Contact.download("SELECT LastName FROM Contact", path=str(tmp_path), max_records=15)
    assert [each["number_of_records"] for each in results] == [15, 15]
    assert mortal.deaths >= 3


def test_the_body_of_a_streamed_answer_is_left_unread(sf, org):
    org.expire_sessions()
    answer = sf.session.get(sf.base_url + "limits", stream=True)
    assert not answer._content_consumed
    assert answer.json()["DailyApiRequests"]


# --- Metadata -------------------------------------------------------------------------------------------------------


def an_archive() -> io.BytesIO:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("package.xml", "<Package/>")
    return archive


def test_metadata_calls_outlive_their_session(sf, mortal, org):
    held = sf.mdapi.CustomObject
    assert sf.mdapi.describe_metadata()["metadataObjects"]
    query = sf.mdapi._client.get_type("ns0:ListMetadataQuery")(type="CustomObject")
    sf.mdapi.list_metadata([query])
    assert held.describe() is not None
    assert mortal.deaths == 2
    assert org.token_requests == 3


def test_a_deployment_outlives_its_session(sf, mortal, org):
    started = sf.deploy(an_archive(), sandbox=False)
    state, *_ = sf.checkDeployStatus(started["asyncId"])["state"], None
    assert state
    assert mortal.deaths == 1


def test_a_deployment_leaves_the_headers_of_rest_calls_alone(sf):
    before = dict(sf.headers)
    sf.deploy(an_archive(), sandbox=False)
    assert dict(sf.headers) == before
    assert sf.Contact.create({"LastName": "After"})["success"]


# --- bodies ---------------------------------------------------------------------------------------------------------


def version_data(sf: Salesforce, body: Any, **more: Any) -> requests.Response:
    return sf.session.post(sf.apex_url + "Echo", data=body, headers={"Content-Type": "application/json"}, **more)


def test_a_file_is_sent_again_from_where_it_stood(sf, org, tmp_path):
    path = tmp_path / "body.json"
    path.write_text('skipped{"a": 1}')
    org.expire_sessions()
    with path.open("rb") as body:
        body.seek(7)
        assert version_data(sf, body).json()["body"] == {"a": 1}


def test_a_multipart_body_is_sent_again():
    calls = iter([http(401, '[{"errorCode": "INVALID_SESSION_ID"}]'), http(201, "{}")])
    tokens = itertools.count()

    def answer(line: str, request: bytes) -> bytes:
        return token_answer(server.url, f"00D0!{next(tokens)}") if "/token" in line else next(calls)

    with RawServer(answer) as server:
        auth = orgkey.connect(login_url=server.url, client_id="app", client_secret="x", allow_loopback_http=True)
        sf = Salesforce(auth=auth)
        parts = {
            "entity": (None, '{"Title": "Report"}', "application/json"),
            "VersionData": ("a.txt", io.BytesIO(b"hello")),
        }
        assert sf.session.post(sf.base_url + "sobjects/ContentVersion", files=parts).status_code == 201
    first, second = (request.partition(b"\r\n\r\n")[2] for request in server.requests if b"/sobjects/" in request)
    assert b"hello" in first
    assert first == second


def test_a_generator_is_not_sent_again_and_the_next_call_has_a_new_token(sf, org):
    org.expire_sessions()
    with pytest.raises(SessionRejected) as rejected:
        version_data(sf, iter([b'{"a": ', b"1}"]))
    assert rejected.value.diagnosis.cause.id == "BODY_NOT_REPLAYABLE"
    assert version_data(sf, iter([b'{"a": ', b"1}"])).json()["body"] == {"a": 1}
    assert org.count(endpoint="apexrest") == 2
    assert org.token_requests == 2


# --- many at once, and for ever -----------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [8, 64])
def test_a_herd_on_a_dead_session_logs_in_once(sf, org, threads):
    sf.session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=threads))
    org.expire_sessions()
    with ThreadPoolExecutor(threads) as pool:
        sizes = list(pool.map(lambda _: sf.query("SELECT Id FROM Contact LIMIT 1")["totalSize"], range(threads * 2)))
    assert sizes == [1] * threads * 2
    assert org.token_requests == 2


STAYING_DEAD: dict[str, Any] = {
    "query": lambda sf: sf.query("SELECT Id FROM Contact"),
    "SFType": lambda sf: sf.Contact.describe(),
    "bulk": lambda sf: sf.bulk.Contact._get_job("750x"),
    "bulk2": lambda sf: sf.bulk2.Contact._client.get_job("750x", is_query=False),
    "metadata": lambda sf: sf.mdapi.describe_metadata(),
    "deploy": lambda sf: sf.deploy(an_archive(), sandbox=False),
    "userinfo": lambda sf: sf.oauth2("userinfo"),
}


@pytest.mark.parametrize("call", STAYING_DEAD.values(), ids=STAYING_DEAD)
def test_a_session_that_stays_dead_is_renewed_once_and_explained(sf, org, call, monkeypatch):
    monkeypatch.setattr(org.sessions, "find", lambda token, now: None)
    with pytest.raises(SalesforceExpiredSession) as rejected:
        call(sf)
    assert rejected.value.diagnosis.cause.id == "FRESH_TOKEN_REJECTED"
    assert rejected.value.diagnosis.cause.title in str(rejected.value)
    assert org.token_requests == 2


def test_a_dead_bulk_1_session_is_also_what_simple_salesforce_calls_it(sf, org, monkeypatch):
    monkeypatch.setattr(org.sessions, "find", lambda token, now: None)
    with pytest.raises(SalesforceMalformedRequest, match="InvalidSessionId"):
        sf.bulk.Contact._get_job("750x")


@pytest.mark.parametrize(
    "body",
    ['"text"', "[]", "{}", "<html>", '{"message": "no list"}', "", "[[]]", '{"errorCode": "INVALID_SESSION_ID"}'],
)
def test_an_odd_401_is_no_crash(sf, org, body):
    org.faults.add("rest", status=401, body=body, content_type="application/json", times=None)
    with pytest.raises(SalesforceExpiredSession) as rejected:
        sf.Contact.describe()
    assert rejected.value.status == 401


@pytest.mark.parametrize("status", [403, 429, 500, 502, 503])
def test_other_failures_are_not_sent_again(sf, org, status):
    org.faults.add("rest", status=status, body="INVALID_SESSION_ID")
    with pytest.raises(Exception, match="INVALID_SESSION_ID"):
        sf.Contact.create({"LastName": "Once"})
    assert org.count(endpoint="rest") == 1
    assert org.token_requests == 1


def test_a_session_that_is_not_for_the_rest_api_is_not_renewed(sf, app):
    app.org.sessions.end()
    app.scopes = frozenset({"openid"})
    with pytest.raises(SessionRejected) as rejected:
        sf.query("SELECT Id FROM Contact")
    assert rejected.value.diagnosis.cause.id in {"SESSION_NOT_FOR_REST_API", "FRESH_TOKEN_REJECTED"}
    assert app.org.token_requests == 2


def test_a_metadata_fault_that_is_none_of_the_session_stays_simple_salesforces(sf):
    with pytest.raises(zeep.exceptions.Fault):
        sf.mdapi._service.checkDeployStatus("nonsense", False, _soapheaders=[sf.mdapi._session_header])


# --- the org moves ---------------------------------------------------------------------------------------------------


def test_the_client_and_all_it_gave_away_follow_the_org(sf, org, recording):
    org.move_instance("NA1")  # away from the login host, which serves the API too
    sf.limits()
    contacts, handler, bulk_2, metadata = sf.Contact, sf.bulk, sf.bulk2.Contact, sf.mdapi
    before = sf.sf_instance
    org.move_instance("NA2")
    assert sf.query("SELECT Id FROM Contact LIMIT 1")["records"]
    assert sf.sf_instance == org.instance_url.removeprefix("http://") != before
    assert sf.base_url.startswith(org.instance_url)
    recording.urls.clear()
    assert contacts.describe()["name"] == "Contact"
    assert len(handler.Contact.query("SELECT Id FROM Contact")) == 30
    assert list(bulk_2.query("SELECT Id FROM Contact"))
    assert metadata.describe_metadata()["metadataObjects"]
    assert recording.urls
    assert [url for url in recording.urls if not url.startswith(org.instance_url)] == []
