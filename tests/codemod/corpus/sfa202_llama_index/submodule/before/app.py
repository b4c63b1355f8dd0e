import os

from llama_index.tools.salesforce.base import SalesforceToolSpec

spec = SalesforceToolSpec(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"], domain="test")
