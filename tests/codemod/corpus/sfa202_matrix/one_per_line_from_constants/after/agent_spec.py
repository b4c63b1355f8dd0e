import os

from orgkey_llama_index import SalesforceToolSpec

USERNAME = os.environ["SF_USERNAME"]

spec = SalesforceToolSpec(
    username=USERNAME,
    domain="test",
)
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
