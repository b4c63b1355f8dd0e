"""The Metadata of a profile in the Tooling API: login hours and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from orgkey_sim import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_sim import Org


@pytest.fixture
def org() -> Iterator[Org]:
    with World() as world:
        yield world.create_org("acme")


def log_in(org: Org) -> str:
    app = org.create_app("Agent", run_as=org.create_user("agent@acme.example"))
    form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret}
    return str(httpx.post(f"{org.login_url}/services/oauth2/token", data=form).json()["access_token"])


def ask(org: Org, soql: str, token: str = "") -> httpx.Response:
    return httpx.get(
        f"{org.login_url}/services/data/v64.0/tooling/query",
        params={"q": soql},
        headers={"Authorization": f"Bearer {token or log_in(org)}"},
    )


def test_a_new_profile_limits_nothing(org: Org) -> None:
    (record,) = ask(org, "SELECT Metadata FROM Profile").json()["records"]
    assert record["Metadata"] == {"custom": False, "loginHours": None, "loginIpRanges": []}


def test_the_policies_of_the_org_are_its_profiles(org: Org) -> None:
    token = log_in(org)  # before there are hours in which nobody may
    org.policies.login_hours = (8, 18)
    org.policies.login_ip_ranges = ("127.0.0.0/8",)
    answer = ask(org, "SELECT Id, Name, Metadata FROM Profile WHERE Name = 'Standard User'", token).json()
    (record,) = answer["records"]
    assert (answer["entityTypeName"], record["Name"]) == ("Profile", "Standard User")
    assert record["Metadata"]["loginHours"]["mondayStart"] == "480"
    assert record["Metadata"]["loginHours"]["sundayEnd"] == "1080"
    assert record["Metadata"]["loginIpRanges"] == [
        {"description": None, "startAddress": "127.0.0.0", "endAddress": "127.255.255.255"}
    ]


def test_metadata_is_given_for_one_profile_at_a_time(org: Org) -> None:
    org.records.put("Profile", org.records.new_id("00e"), Name="Read Only")
    answer = ask(org, "SELECT Metadata FROM Profile")
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "MALFORMED_QUERY"
    assert "no more than one row" in answer.json()[0]["message"]
