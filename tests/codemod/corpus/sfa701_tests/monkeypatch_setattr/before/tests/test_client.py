import client


class Fake:
    def __init__(self, username, password, security_token):
        self.password = password


def test_connect(monkeypatch):
    monkeypatch.setattr("simple_salesforce.Salesforce", Fake)
    assert client.connect().password
