from simple_salesforce import SalesforceLogin

session_id, instance = SalesforceLogin(
    username="agent@acme.example",
    password="Saffron-rope-3",
    security_token="tokSaffronRope3",
)
