from os import environ

import orgkey_llama_index as tools

spec = tools.SalesforceToolSpec(username=environ["CRM_USER"])
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
