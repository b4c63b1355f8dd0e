"""simple-salesforce, unmodified and through the proxy, uses every API it knows."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import Org

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture(scope="module")
def org(world: World) -> Org:
    return world.create_org("acme", contacts=450)


@pytest.fixture
def sf(world: World, org: Org, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    app = org.app("Agent") or org.create_app("Agent")
    # zeep, under sf.mdapi, has a session of its own that reads the environment.
    monkeypatch.setenv("HTTPS_PROXY", world.proxy_url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", world.ca_file)
    with requests.Session() as session:
        yield Salesforce(
            consumer_key=app.client_id, consumer_secret=app.client_secret, domain="acme.my", session=session
        )


def test_queries(sf: Any) -> None:
    assert sf.query("SELECT COUNT() FROM Contact")["totalSize"] == 450
    options = {"Sforce-Query-Options": "batchSize=200"}
    found = list(sf.query_all_iter("SELECT Id, Account.Name FROM Contact", headers=options))
    assert len({each["Id"] for each in found}) == 450
    assert len(sf.query_all("SELECT Id FROM Contact", include_deleted=True)["records"]) == 450
    with pytest.raises(SalesforceMalformedRequest, match="No such column 'Nope' on entity 'Contact'"):
        sf.query("SELECT Nope FROM Contact")


def test_records(sf: Any) -> None:
    account = sf.Account.create({"Name": "Waldo Works"})
    record_id = str(account["id"])
    assert sf.Account.get(record_id)["Name"] == "Waldo Works"
    assert sf.Account.update(record_id, {"Site": "HQ"}) == 204
    assert sf.Account.upsert("External_Id__c/W1", {"Name": "W"}) == 201
    assert sf.Account.get_by_custom_id("External_Id__c", "W1")["Name"] == "W"
    assert [each["Id"] for each in sf.quick_search("Waldo Works")["searchRecords"]] == [record_id]
    assert sf.Account.delete(record_id) == 204
    with pytest.raises(SalesforceResourceNotFound, match="entity is deleted"):
        sf.Account.delete(record_id)
    for _ in range(2):
        sf.Account.create({"Name": "Twin", "External_Id__c": "T"})
    with pytest.raises(SalesforceMoreThanOneRecord):
        sf.Account.upsert("External_Id__c/T", {"Name": "x"})


def test_describes_limits_and_usage(sf: Any) -> None:
    assert {each["name"] for each in sf.describe()["sobjects"]} >= {"Account", "Contact"}
    assert sf.Contact.describe()["name"] == "Contact"
    assert sf.Contact.metadata()["objectDescribe"]["keyPrefix"] == "003"
    assert sf.limits()["DailyApiRequests"]["Max"] == 15000
    assert sf.api_usage["api-usage"].total == 15000
    assert sf.is_sandbox() is False


def test_apex_and_tooling(sf: Any) -> None:
    assert sf.apexecute("echo/1", method="POST", data={"a": 1})["body"] == {"a": 1}
    assert sf.toolingexecute("executeAnonymous/?anonymousBody=x")["success"]


def test_files(sf: Any, org: Org) -> None:
    values = {"PathOnClient": "a.txt", "VersionData": "aGVsbG8="}
    version_id = str(sf.ContentVersion.create(values)["id"])
    assert org.records.file("ContentVersion", version_id, "VersionData") == b"hello"
    assert sf.ContentVersion.get_base64(version_id, "VersionData") == b"hello"


def test_bulk(sf: Any) -> None:
    bulk = sf.bulk.Contact
    rows: list[Any] = [{"LastName": "Bulk1"}, {"FirstName": "Nobody"}]
    saved: list[Any] = list(bulk.insert(rows))
    assert [each["success"] for each in saved] == [True, False]
    found: list[Any] = list(bulk.query("SELECT Id, Name FROM Contact WHERE LastName = 'Bulk1'"))
    assert [each["Id"] for each in found] == [saved[0]["id"]]
    assert [each["success"] for each in bulk.delete([{"Id": saved[0]["id"]}])] == [True]


def test_bulk2(sf: Any) -> None:
    bulk = sf.bulk2.Contact
    (job,) = bulk.insert(records=[{"LastName": "Bulk2"}, {"LastName": ""}], wait=0)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    results = bulk.get_all_ingest_records(job["job_id"])
    assert [each["LastName"] for each in results["successfulRecords"]] == ["Bulk2"]
    pages = list(bulk.query("SELECT Id, LastName FROM Contact LIMIT 5", max_records=2, wait=0))
    assert [str(page).count("\n") - 1 for page in pages] == [2, 2, 1]


def test_metadata(sf: Any) -> None:
    described = sf.mdapi.describe_metadata()
    assert "ApexClass" in {each.xmlName for each in described.metadataObjects}
    permission_sets = sf.mdapi.PermissionSet
    permission_sets.create([permission_sets(fullName="Agent_Access", label="Agent Access")])
    assert permission_sets.read(["Agent_Access"]).label == "Agent Access"
    permission_sets.upsert([permission_sets(fullName="Agent_Access", label="Other")])
    assert permission_sets.read(["Agent_Access"]).label == "Other"
    query = sf.mdapi.ListMetadataQuery(type="PermissionSet")
    assert [each.fullName for each in sf.mdapi.list_metadata([query])] == ["Agent_Access"]
    permission_sets.rename("Agent_Access", "New_Access")
    permission_sets.delete(["New_Access"])
    with pytest.raises(Exception, match="no PermissionSet named New_Access found"):
        permission_sets.delete(["New_Access"])
    assert sf.mdapi.CustomObject.describe().apiReadable


def test_deploy_and_retrieve(sf: Any) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("package.xml", f'<Package xmlns="{NAMESPACE}"><version>59.0</version></Package>')
        archive.writestr("profiles/Admin.profile", f'<Profile xmlns="{NAMESPACE}"/>')
        archive.writestr("profiles/Broken.profile", "<")
    job = sf.deploy(package, sandbox=True)
    assert job["state"] == "Queued"
    status: Any = sf.checkDeployStatus(str(job["asyncId"]))
    assert (status["state"], status["deployment_detail"]["deployed_count"]) == ("SucceededPartial", "1")
    assert status["deployment_detail"]["errors"][0]["file"] == "profiles/Broken.profile"
    retrieval, _state = sf.mdapi.retrieve("x", unpackaged={"Profile": ["*"]})
    state, _error, _messages, content = sf.mdapi.retrieve_zip(str(retrieval))
    assert state == "Succeeded"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "unpackaged/profiles/Admin.profile" in archive.namelist()


def test_an_expired_session_looks_as_it_does_on_each_api(sf: Any, org: Org) -> None:
    sf.mdapi.describe_metadata()
    sf._salesforce_login_partial = None
    org.expire_sessions()
    with pytest.raises(SalesforceExpiredSession, match="INVALID_SESSION_ID"):
        sf.query("SELECT Id FROM Contact")
    with pytest.raises(SalesforceMalformedRequest, match="InvalidSessionId"):
        sf.bulk.Contact.query("SELECT Id FROM Contact")
    with pytest.raises(SalesforceExpiredSession, match="INVALID_SESSION_ID"):
        list(sf.bulk2.Contact.query("SELECT Id FROM Contact", wait=0))
    with pytest.raises(Exception, match="INVALID_SESSION_ID"):
        sf.mdapi.describe_metadata()
    with pytest.raises(SalesforceGeneralError, match="INVALID_SESSION_ID"):
        sf.checkDeployStatus("0Af000000000001")
