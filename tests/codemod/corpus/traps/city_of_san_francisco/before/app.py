import os

from sodapy import Socrata

client = Socrata("data.example.org", os.environ["SF_APP_TOKEN"], username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"])
rows = client.get("wg3w-h783", limit=10)
