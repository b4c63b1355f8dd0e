import os

from simple_salesforce import Salesforce

from app.config import Config


def client():
    return Salesforce(
        username=os.environ["SALESFORCE_USERNAME"],
        password=os.environ["SALESFORCE_PASSWORD"],
        security_token=os.environ["SALESFORCE_SECURITY_TOKEN"],
        domain=Config.SALESFORCE_DOMAIN,
    )
