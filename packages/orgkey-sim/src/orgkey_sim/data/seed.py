"""Contacts and Accounts out of nothing: the same seed gives the same people, a hundred thousand in a second or so."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from orgkey_sim.data.soql.dates import format_datetime

if TYPE_CHECKING:
    from orgkey_sim.data.ids import IdSequence
    from orgkey_sim.data.schema import Schema
    from orgkey_sim.data.store import Store

__all__ = ["CONTACTS_PER_ACCOUNT", "Seeder"]

CONTACTS_PER_ACCOUNT: Final = 20

_FIRST_NAMES: Final = (
    "Amara", "Bela", "Chidi", "Dalia", "Eskil", "Farah", "Goran", "Hana", "Imre", "Jonna", "Kofi", "Leila", "Marek",
    "Nadia", "Oskar", "Priya", "Quinn", "Rosa", "Sanjay", "Tove", "Umar", "Vera", "Wanda", "Ximena", "Yusuf", "Zelda",
)  # fmt: skip
_SYLLABLES: Final = ("Al", "Ber", "Cor", "Dor", "El", "Fal", "Gar", "Hol", "Ild", "Jar", "Kel", "Lor", "Mer", "Nor")
_ENDINGS: Final = ("an", "berg", "da", "ek", "field", "gren", "hart", "ini", "kov", "lund", "more", "nov", "ton")
_COMPANIES: Final = ("Anvil", "Beacon", "Cobalt", "Delta", "Ember", "Fathom", "Granite", "Harbor", "Indigo", "Juniper")
_TRADES: Final = ("Foods", "Freight", "Labs", "Media", "Metals", "Partners", "Power", "Software", "Textiles", "Works")
_CITIES: Final = (("Lisbon", "Portugal"), ("Oslo", "Norway"), ("Porto", "Portugal"), ("Riga", "Latvia"),
                  ("Turin", "Italy"), ("Vienna", "Austria"), ("Zagreb", "Croatia"))  # fmt: skip
_TITLES: Final = ("Buyer", "CFO", "CTO", "Engineer", "Manager", "SVP Sales", "VP Operations", None)
_DEPARTMENTS: Final = ("Finance", "Operations", "Purchasing", "Sales", "Support", None)
_SOURCES: Final = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other", None)
_INDUSTRIES: Final = ("Agriculture", "Banking", "Consulting", "Education", "Energy", "Technology", "Transportation")
_FIRST_DAY: Final = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS: Final = 730
_DATE_STAMPS: Final = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
_USER_STAMPS: Final = ("CreatedById", "LastModifiedById", "OwnerId")
_OLDEST: Final = date(1950, 1, 1)
_AGE_SPAN: Final = 20_000


class Seeder:
    """Fills an org's tables."""

    def __init__(self, schema: Schema, store: Store, sequence: IdSequence) -> None:
        self._schema = schema
        self._store = store
        self._sequence = sequence

    def load_contacts(self, count: int, seed: int, owner_id: str | None) -> None:
        """Add ``count`` Contacts, and one Account for each `CONTACTS_PER_ACCOUNT` of them.

        All of them were created in 2024 and 2025, whatever the clock says: a seed gives the same rows every day.
        """
        chance = random.Random(seed)  # noqa: S311 - made-up people, not keys
        accounts = self._sequence.take_many("001", -(-count // CONTACTS_PER_ACCOUNT))
        contacts = self._sequence.take_many("003", count)
        with self._store.transaction():
            self._insert("Account", _account_rows(accounts, chance) | _stamps(len(accounts), owner_id, chance))
            self._insert("Contact", _contact_rows(contacts, accounts, chance) | _stamps(count, owner_id, chance))

    def _insert(self, name: str, columns: dict[str, list[Any]]) -> None:
        sobject = self._schema.get(name)
        if sobject is None:
            raise LookupError(name)
        self._store.load(sobject, list(columns), zip(*columns.values(), strict=True))


def _stamps(count: int, owner_id: str | None, chance: random.Random) -> dict[str, list[Any]]:
    moments = [format_datetime(_FIRST_DAY + timedelta(days=day)) for day in range(_DAYS)]
    created = chance.choices(moments, k=count)
    who = [owner_id] * count
    return dict.fromkeys(_DATE_STAMPS, created) | dict.fromkeys(_USER_STAMPS, who)


def _account_rows(record_ids: list[str], chance: random.Random) -> dict[str, list[Any]]:
    count = len(record_ids)
    first, second = chance.choices(_COMPANIES, k=count), chance.choices(_TRADES, k=count)
    places = chance.choices(_CITIES, k=count)
    return {
        "Id": record_ids,
        "Name": [f"{a} {b} {n}" for n, (a, b) in enumerate(zip(first, second, strict=True), 1)],
        "Industry": chance.choices(_INDUSTRIES, k=count),
        "BillingCity": [city for city, _ in places],
        "BillingCountry": [country for _, country in places],
        "AnnualRevenue": [float(each) * 1000 for each in chance.choices(range(100, 100_000), k=count)],
        "NumberOfEmployees": chance.choices(range(1, 5000), k=count),
        "Website": [f"https://account{n}.example" for n in range(1, count + 1)],
    }


def _contact_rows(record_ids: list[str], accounts: list[str], chance: random.Random) -> dict[str, list[Any]]:
    count = len(record_ids)
    first = chance.choices(_FIRST_NAMES, k=count)
    surnames = [a + b for a in _SYLLABLES for b in _ENDINGS]
    last = chance.choices(surnames, k=count)
    places = chance.choices(_CITIES, k=count)
    births = [(_OLDEST + timedelta(days=day)).isoformat() for day in range(_AGE_SPAN)]
    per_account = (account for account in accounts for _ in range(CONTACTS_PER_ACCOUNT))
    return {
        "Id": record_ids,
        "AccountId": list(islice(per_account, count)),
        "FirstName": first,
        "LastName": last,
        "Email": [f"{a}.{b}.{n}@example.com".lower() for n, (a, b) in enumerate(zip(first, last, strict=True), 1)],
        "Phone": [f"+1 555 {n:07d}" for n in range(1, count + 1)],
        "Title": chance.choices(_TITLES, k=count),
        "Department": chance.choices(_DEPARTMENTS, k=count),
        "LeadSource": chance.choices(_SOURCES, k=count),
        "MailingCity": [city for city, _ in places],
        "MailingCountry": [country for _, country in places],
        "Birthdate": chance.choices(births, k=count),
    }
