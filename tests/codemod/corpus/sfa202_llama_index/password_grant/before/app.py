import os

from llama_index.tools.salesforce import SalesforceToolSpec

spec = SalesforceToolSpec(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    consumer_key=os.environ["SF_KEY"],
    consumer_secret=os.environ["SF_SECRET"],
    domain="acme.my",
)
