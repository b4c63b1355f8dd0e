from os import environ

import llama_index.tools.salesforce as tools

spec = tools.SalesforceToolSpec(username=environ["CRM_USER"], password=environ["CRM_PASSWORD"], security_token=environ.get("CRM_TOKEN"))
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
