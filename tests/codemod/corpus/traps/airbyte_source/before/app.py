import os

from llama_index.readers.airbyte_salesforce import AirbyteSalesforceReader

reader = AirbyteSalesforceReader(config={
    "client_id": os.environ["SF_KEY"],
    "client_secret": os.environ["SF_SECRET"],
    "refresh_token": os.environ["SF_REFRESH_TOKEN"],
})
