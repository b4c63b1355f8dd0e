import os

from salesforce_bulk import SalesforceBulk

bulk = SalesforceBulk(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
job = bulk.create_query_job("Contact", contentType="CSV")
