import os

from simple_salesforce import Salesforce

prefix = os.environ["SF_PREFIX"]
password = f"{prefix}Pref-Heron-9"
sf = Salesforce(username="agent@acme.example", password=password, security_token="")
other = Salesforce(username="agent@acme.example", password="".join(["Join-", "Heron-8"]), security_token="")
