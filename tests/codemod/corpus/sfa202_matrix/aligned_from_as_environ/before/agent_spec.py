import os

from llama_index.tools.salesforce import SalesforceToolSpec as ToolSpec

spec = ToolSpec(username=os.environ["SF_USERNAME"],
                password=os.environ["SF_PASSWORD"],
                security_token=os.environ["SF_TOKEN"],
                domain="test")
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
