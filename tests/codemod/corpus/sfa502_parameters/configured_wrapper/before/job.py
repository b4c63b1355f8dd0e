import os

from acme_platform.salesforce import get_client

sf = get_client(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token="")
