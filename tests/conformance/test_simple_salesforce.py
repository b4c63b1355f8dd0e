"""The simple-salesforce drop-in conforms."""

from __future__ import annotations

from conformance import Adapter, Conformance, conformance_world
from simple_salesforce import SalesforceError

from orgkey_simple_salesforce import Salesforce

__all__ = ["conformance_world"]


class TestSalesforce(Conformance):
    def make(self, auth, most_rows):
        sf = Salesforce(auth=auth)
        return Adapter(
            held=sf,
            ask=sf.query,
            aask=None,
            rows=lambda answer: answer["records"],
            # Half a character is refused where the URL is written, before simple-salesforce is asked.
            refusals=(SalesforceError, UnicodeError),
            echoes=True,
        )
