from simple_salesforce import Salesforce

sf = Salesforce(
    username="agent@acme.example",
    password="Granite-"
             "window-07",
    security_token="",
)
