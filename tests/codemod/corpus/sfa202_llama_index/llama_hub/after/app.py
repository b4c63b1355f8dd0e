import os

from orgkey_llama_index import SalesforceToolSpec

spec = SalesforceToolSpec(username=os.environ["SF_USERNAME"])
