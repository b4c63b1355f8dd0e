import client


def test_connect(mocker):
    salesforce = mocker.patch("simple_salesforce.api.Salesforce.__init__", return_value=None)
    client.connect()
    salesforce.assert_called_once()
