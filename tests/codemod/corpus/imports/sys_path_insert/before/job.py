import sys

sys.path.insert(0, "/opt/shared/credentials")

import sf_credentials
from simple_salesforce import Salesforce

sf = Salesforce(
    username=sf_credentials.USERNAME,
    password=sf_credentials.PASSWORD,
    security_token=sf_credentials.TOKEN,
)
