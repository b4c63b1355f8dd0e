from unittest import mock

import client


@mock.patch.dict("os.environ", {"SF_USERNAME": "agent@acme.example", "SF_PASSWORD": "pw", "SF_TOKEN": ""})
@mock.patch("client.Salesforce")
def test_connect(salesforce):
    client.connect()
    salesforce.assert_called_with(
        username="agent@acme.example",
        password="pw",
        security_token="",
    )
