import os

from simple_salesforce import Salesforce

sf = Salesforce(
    username=os.getenv("SF_USERNAME", "agent@acme.example"),
    password=os.getenv("SF_PASSWORD", "Birch!table!22"),
    security_token=os.getenv("SF_TOKEN", ""),
)
