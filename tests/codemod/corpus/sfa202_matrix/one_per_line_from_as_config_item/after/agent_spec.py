import json
import os

from orgkey_llama_index import SalesforceToolSpec as ToolSpec

config = json.loads(os.environ["SF_LOGIN"])
spec = ToolSpec(
    username=config["username"],
)
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
