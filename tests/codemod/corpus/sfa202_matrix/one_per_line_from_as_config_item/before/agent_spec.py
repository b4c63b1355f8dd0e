import json
import os

from llama_index.tools.salesforce import SalesforceToolSpec as ToolSpec

config = json.loads(os.environ["SF_LOGIN"])
spec = ToolSpec(
    username=config["username"],
    password=config["password"],
    security_token=config["security_token"],
)
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
