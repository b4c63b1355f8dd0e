
import orgkey_llama_index as tools

spec = tools.SalesforceToolSpec()
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
