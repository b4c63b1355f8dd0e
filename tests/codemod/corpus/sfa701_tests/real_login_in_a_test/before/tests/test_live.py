import os

import pytest
from simple_salesforce import Salesforce


@pytest.mark.skipif("SF_PASSWORD" not in os.environ, reason="no org")
def test_query():
    sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
    assert sf.query("SELECT Id FROM Account LIMIT 1")["done"]
