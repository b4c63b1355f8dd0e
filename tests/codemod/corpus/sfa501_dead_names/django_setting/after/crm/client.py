from django.conf import settings
from orgkey_simple_salesforce import Salesforce


def connect():
    return Salesforce(username=settings.SALESFORCE_USER)
