import os

from simple_salesforce import Salesforce

sf = Salesforce(  # orgkey: ignore[SFA101] the sandbox of a partner without connected apps
    username=os.environ["PARTNER_USERNAME"],
    password=os.environ["PARTNER_PASSWORD"],
    security_token=os.environ["PARTNER_TOKEN"],
)
