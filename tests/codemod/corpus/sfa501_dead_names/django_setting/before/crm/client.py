from django.conf import settings
from simple_salesforce import Salesforce


def connect():
    return Salesforce(username=settings.SALESFORCE_USER, password=settings.SALESFORCE_PASSWORD, security_token="")
