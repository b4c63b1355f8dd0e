from simple_salesforce import Salesforce

SALESFORCE = {
    "username": "agent@acme.example",
    "password": "Walnut-stair-6",
    "security_token": "tokWalnutStair6",
}


def connect():
    return Salesforce(**SALESFORCE)
