import os

from dotenv import load_dotenv
from orgkey_simple_salesforce import Salesforce

load_dotenv()

sf = Salesforce(
    username=os.getenv("SF_USERNAME"),
)
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
