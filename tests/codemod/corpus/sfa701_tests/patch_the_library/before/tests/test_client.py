from unittest.mock import patch

import client


@patch("simple_salesforce.Salesforce")
def test_connect(salesforce):
    client.connect()
