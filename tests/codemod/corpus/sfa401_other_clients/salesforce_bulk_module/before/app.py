import os

import salesforce_bulk

bulk = salesforce_bulk.SalesforceBulk(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
    sandbox=True,
    API_version="52.0",
)
