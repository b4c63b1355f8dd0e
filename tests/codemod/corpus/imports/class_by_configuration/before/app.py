import os
from importlib import import_module

BACKEND = os.environ.get("CRM_BACKEND", "simple_salesforce.Salesforce")


def connect():
    module, _, name = BACKEND.rpartition(".")
    client = getattr(import_module(module), name)
    return client(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
