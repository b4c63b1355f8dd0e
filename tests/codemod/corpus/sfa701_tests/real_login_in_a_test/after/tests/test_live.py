import os

import pytest
from orgkey_simple_salesforce import Salesforce


@pytest.mark.skipif("SF_PASSWORD" not in os.environ, reason="no org")
def test_query():
    sf = Salesforce(username=os.environ["SF_USERNAME"])
    assert sf.query("SELECT Id FROM Account LIMIT 1")["done"]
