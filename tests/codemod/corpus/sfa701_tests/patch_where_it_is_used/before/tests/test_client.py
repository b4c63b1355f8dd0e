from unittest.mock import patch

import client


def test_connect():
    with patch("client.Salesforce") as salesforce:
        client.connect()
    salesforce.assert_called_once()
