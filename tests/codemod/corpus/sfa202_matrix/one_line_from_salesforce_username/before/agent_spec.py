import os

from llama_index.tools.salesforce import SalesforceToolSpec

spec = SalesforceToolSpec(username=os.environ["SALESFORCE_USERNAME"], password=os.environ["SALESFORCE_PASSWORD"], security_token=os.environ["SALESFORCE_SECURITY_TOKEN"])
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
