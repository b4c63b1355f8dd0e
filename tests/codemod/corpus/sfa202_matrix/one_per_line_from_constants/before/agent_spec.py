import os

from llama_index.tools.salesforce import SalesforceToolSpec

USERNAME = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]
SECURITY_TOKEN = os.environ["SF_SECURITY_TOKEN"]

spec = SalesforceToolSpec(
    username=USERNAME,
    password=PASSWORD,
    security_token=SECURITY_TOKEN,
    domain="test",
)
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
