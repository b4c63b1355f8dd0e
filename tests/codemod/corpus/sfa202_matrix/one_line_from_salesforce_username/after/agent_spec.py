
from orgkey_llama_index import SalesforceToolSpec

spec = SalesforceToolSpec()
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
