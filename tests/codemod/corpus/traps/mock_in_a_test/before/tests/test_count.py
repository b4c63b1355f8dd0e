from unittest.mock import MagicMock

from simple_salesforce import Salesforce


def test_counts():
    sf = MagicMock(spec=Salesforce)
    sf.query.return_value = {"totalSize": 3, "records": []}
    assert sf.query("SELECT Id FROM Account")["totalSize"] == 3
