import os

from crm.client import CrmClient

client = CrmClient(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
)
print(client.accounts())
