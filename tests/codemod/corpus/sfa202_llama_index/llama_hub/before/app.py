import os

from llama_hub.tools.salesforce import SalesforceToolSpec

spec = SalesforceToolSpec(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
