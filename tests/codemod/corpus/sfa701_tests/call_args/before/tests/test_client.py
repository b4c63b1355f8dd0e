from unittest.mock import patch

import client


@patch("client.Salesforce")
def test_password_is_passed_on(salesforce, monkeypatch):
    monkeypatch.setenv("SF_PASSWORD", "pw")
    client.connect()
    assert salesforce.call_args.kwargs["password"] == "pw"
