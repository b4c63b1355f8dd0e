from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from org_api import OrgApi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import Org


@pytest.fixture
def api(org: Org) -> Iterator[OrgApi]:
    org.records.load_contacts(2100)
    with OrgApi(org) as api:
        yield api


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_apex_rest_echoes(api: OrgApi, method: str) -> None:
    answer = api.call(method, "/services/apexrest/cases/5?verbose=1", json={"a": [1]}).json()
    assert answer == {
        "method": method,
        "path": "/cases/5",
        "params": {"verbose": "1"},
        "body": {"a": [1]},
        "user": next(iter(api.org.users)),
    }


def test_apex_rest_needs_a_session(api: OrgApi) -> None:
    api.org.expire_sessions()
    assert api.refused(api.get("/services/apexrest/x"), 401, "INVALID_SESSION_ID")


def test_anonymous_code(api: OrgApi) -> None:
    answer = api.get("/tooling/executeAnonymous", params={"anonymousBody": "System.debug(1);"}).json()
    assert (answer["compiled"], answer["success"]) == (True, True)
    assert api.refused(api.get("/tooling/executeAnonymous/"), 400, "MISSING_ARGUMENT")


def test_a_tooling_query(api: OrgApi) -> None:
    page = api.get("/tooling/query", params={"q": "SELECT Id FROM Contact"}).json()
    assert (page["size"], page["totalSize"], page["done"], page["entityTypeName"]) == (2000, 2100, False, "Contact")
    rest = api.get(page["nextRecordsUrl"]).json()
    assert (rest["size"], rest["done"]) == (100, True)
    assert api.refused(api.get("/tooling/query"), 400, "MALFORMED_QUERY")
