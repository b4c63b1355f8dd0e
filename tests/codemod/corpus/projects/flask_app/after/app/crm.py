
from orgkey_simple_salesforce import Salesforce

from app.config import Config


def client():
    return Salesforce(
        domain=Config.SALESFORCE_DOMAIN,
    )
