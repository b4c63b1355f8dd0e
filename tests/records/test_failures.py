"""What goes wrong: told so that a model can act, or raised where it must not be told."""

from __future__ import annotations

import asyncio
import pickle
import time

import crowd
import pytest
from fake_clock import FakeClock

import orgkey
from orgkey_records import (
    AccessFailed,
    AsyncRecords,
    CapExceeded,
    Caps,
    LimitReached,
    Records,
    RecordsError,
    Refused,
    Unreachable,
)

QUERY = "SELECT Id FROM Contact LIMIT 1"
DEAD = '[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]'


def either(records, operation, *args):
    """One call each way."""
    return [
        lambda: getattr(records, operation)(*args),
        lambda: asyncio.run(getattr(records.twin, operation)(*args)),
    ]


def test_a_dead_session_is_renewed_for_in_every_operation(records, org):
    an_id = records.soql(QUERY).records[0]["Id"]
    for operation, args in (
        ("soql", (QUERY,)),
        ("query_all", ("SELECT Id FROM Contact",)),
        ("search", ("example", {"Contact": ["Id"]})),
        ("describe", ("Lead",)),
        ("list_objects", ()),
        ("get", ("Contact", an_id, ["Name"])),
        ("long_text", ("Contact", an_id, "Description")),
        ("create", ("Contact", {"LastName": "Hara"})),
        ("update", ("Contact", an_id, {"LastName": "Hara"})),
        ("upsert", ("Contact", "External_Id__c", "A-1", {"LastName": "Hara"})),
    ):
        for call in either(records, operation, *args):
            org.expire_sessions()
            assert call()
    for number in range(2):
        doomed = records.create("Contact", {"LastName": "Hara"})["id"]
        org.expire_sessions()
        assert either(records, "delete", "Contact", doomed)[number]() == {"id": doomed}


def test_a_session_that_ends_between_two_pages_is_renewed_for(records, org):
    seen = 0
    for page in records.pages("SELECT Id FROM Contact", page_rows=200):
        seen += len(page)
        org.expire_sessions()
    assert seen == 450


def test_a_crowd_makes_one_token_request(records, org):
    records.soql(QUERY)
    org.expire_sessions()
    before = org.token_requests
    assert all(row.total == 1 for row in crowd.threads(30, lambda: records.soql(QUERY)))
    org.expire_sessions()
    assert all(row.total == 1 for row in crowd.loops(4, 25, lambda: records.twin.soql(QUERY)))
    assert org.token_requests == before + 2


@pytest.mark.parametrize("way", [0, 1], ids=["blocking", "asynchronous"])
def test_a_session_that_stays_dead_raises_with_its_diagnosis(records, org, way):
    org.faults.add("rest", status=401, body=DEAD, content_type="application/json", times=None)
    with pytest.raises(AccessFailed) as failed:
        either(records, "soql", QUERY)[way]()
    assert failed.value.diagnosis.cause.id == "FRESH_TOKEN_REJECTED"
    assert not isinstance(failed.value, RecordsError)
    assert pickle.loads(pickle.dumps(failed.value)).diagnosis.cause.id == "FRESH_TOKEN_REJECTED"


def test_a_dead_grant_raises_with_its_diagnosis(records, org):
    records.soql(QUERY)
    org.user("agent@acme.example").deactivate()
    for call in either(records, "soql", QUERY):
        with pytest.raises(orgkey.TokenRequestError) as failed:
            call()
        assert failed.value.diagnosis.cause.id == "USER_INACTIVE"


def test_a_limit_is_told_apart_from_a_failure(records, org):
    records.soql(QUERY)
    org.policies.daily_api_requests = 1
    for call in either(records, "soql", QUERY):
        with pytest.raises(LimitReached, match="nothing is wrong with the call") as reached:
            call()
        assert reached.value.code == "REQUEST_LIMIT_EXCEEDED"


def test_a_wrong_field_comes_with_those_that_exist(records):
    for call in either(records, "soql", "SELECT Id, LastNam FROM Contact"):
        with pytest.raises(Refused, match=r"Perhaps LastName.* is meant") as refused:
            call()
        assert (refused.value.code, refused.value.fields) == ("INVALID_FIELD", ("LastNam",))
        assert "External_Id__c" in str(refused.value)
        assert pickle.loads(pickle.dumps(refused.value)).code == "INVALID_FIELD"


def test_a_wrong_object_comes_with_those_that_look_alike(records):
    for call in [*either(records, "soql", "SELECT Id FROM Contacts"), *either(records, "describe", "Contacts")]:
        with pytest.raises(Refused, match=r"no object Contacts .*Perhaps .*Contact"):
            call()


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_a_lost_answer_says_whether_it_may_have_been_carried_out(records, org, writing):
    call = ("create", "Contact", {"LastName": "Once"}) if writing else ("soql", QUERY)
    for attempt in either(records, *call):
        org.faults.add("rest", drop="after")
        with pytest.raises(Unreachable) as lost:
            attempt()
        assert lost.value.carried_out is (None if writing else False)
        assert ("read the record before trying again" in str(lost.value)) is writing
    written = records.soql("SELECT COUNT() FROM Contact WHERE LastName = 'Once'").total
    assert written == (2 if writing else 0)  # it was carried out, once each: nothing was sent again


@pytest.mark.parametrize(
    "fault", [{"status": 503, "body": "<html>"}, {"garble": True}, {"drop": "midway"}, {"drop": "before"}], ids=str
)
def test_trouble_on_the_way_is_an_error_that_can_be_read(records, org, fault):
    for call in either(records, "soql", QUERY):
        org.faults.add("rest", **fault)
        with pytest.raises(Unreachable):
            call()
        assert call().total == 1


def test_bytes_are_capped(session, org):
    records = Records(session, caps=Caps(bytes=2_000))
    for call in either(records, "soql", "SELECT Id, Name, Email FROM Contact"):
        with pytest.raises(CapExceeded, match="2,000 bytes"):
            call()
        assert either(records, "soql", QUERY)[0]().total == 1


@pytest.mark.parametrize("fault", [{"delay": 5.0}, {"drip": 20.0}], ids=["late", "dripping"])
def test_seconds_are_capped(session, org, fault):
    records = Records(session, caps=Caps(seconds=0.3))
    records.soql(QUERY)
    for call in either(records, "soql", QUERY):
        org.faults.add("rest", **fault)
        started = time.monotonic()
        with pytest.raises(CapExceeded, match=r"0\.3 s"):
            call()
        assert time.monotonic() - started < 3


def test_a_task_can_be_cancelled(session, org):
    records = AsyncRecords(session)

    async def cancel() -> None:
        await records.soql(QUERY)
        org.faults.add("rest", delay=5.0)
        task = asyncio.create_task(records.soql(QUERY))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await records.soql(QUERY)).total == 1

    asyncio.run(asyncio.wait_for(cancel(), 4))


def test_descriptions_are_remembered_for_a_while(session, org):
    clock = FakeClock()
    records = Records(session, clock=clock)

    def asked() -> int:
        return len([entry for entry in org.log if "/describe" in str(entry)])

    records.describe("Contact")
    asyncio.run(records.twin.describe("contact"))
    assert asked() == 1
    clock.advance(301)
    records.describe("Contact")
    assert asked() == 2


def test_another_person_has_descriptions_and_a_session_of_his_own(records, org):
    jane = records.as_user("jane@acme.example")
    records.describe("Contact")
    jane.describe("Contact")
    assert len([entry for entry in org.log if "/describe" in str(entry)]) == 2
    made = jane.create("Contact", {"LastName": "Hers"})["id"]
    author = records.get("Contact", made, ["CreatedBy.Username"])
    assert author == {"CreatedBy.Username": "jane@acme.example"}
    assert jane.session is records.as_user("jane@acme.example").session


def test_no_token_is_in_any_repr_or_error(records, org):
    token = records.session.token().reveal()
    org.faults.add(
        "rest", status=400, body=f'[{{"errorCode":"X","message":"Bearer {token}"}}]', content_type="application/json"
    )
    with pytest.raises(Refused) as refused:
        records.soql(QUERY)
    assert token not in str(refused.value)
    assert token not in repr(records) + repr(records.twin) + repr(records.operations)


def test_the_org_may_move(records, org):
    records.soql(QUERY)
    org.move_instance()
    for call in either(records, "soql", QUERY):
        assert call().total == 1
