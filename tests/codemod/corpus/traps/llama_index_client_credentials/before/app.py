import os

from llama_index.tools.salesforce import SalesforceToolSpec

spec = SalesforceToolSpec(consumer_key=os.environ["SF_KEY"], consumer_secret=os.environ["SF_SECRET"], domain="acme.my")
