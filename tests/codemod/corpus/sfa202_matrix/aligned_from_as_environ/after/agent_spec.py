import os

from orgkey_llama_index import SalesforceToolSpec as ToolSpec

spec = ToolSpec(username=os.environ["SF_USERNAME"],
                domain="test")
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
