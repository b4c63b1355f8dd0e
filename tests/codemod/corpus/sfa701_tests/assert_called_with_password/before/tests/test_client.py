from unittest.mock import patch

import client


def test_connect(monkeypatch):
    monkeypatch.setenv("SF_USERNAME", "agent@acme.example")
    monkeypatch.setenv("SF_PASSWORD", "pw")
    monkeypatch.setenv("SF_TOKEN", "tok")
    with patch("client.Salesforce") as salesforce:
        client.connect()
    salesforce.assert_called_once_with(username="agent@acme.example", password="pw", security_token="tok")
