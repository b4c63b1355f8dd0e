import sys

sys.path.insert(0, "/opt/shared/credentials")

import sf_credentials
from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    username=sf_credentials.USERNAME,
)
