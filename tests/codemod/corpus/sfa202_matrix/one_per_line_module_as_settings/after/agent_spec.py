import os
from types import SimpleNamespace

import orgkey_llama_index as tools

settings = SimpleNamespace(
    SF_USERNAME=os.environ["SF_USERNAME"],
    SF_PASSWORD=os.environ["SF_PASSWORD"],
    SF_TOKEN=os.environ["SF_TOKEN"],
)
spec = tools.SalesforceToolSpec(
    username=settings.SF_USERNAME,
    domain="test",
)
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
