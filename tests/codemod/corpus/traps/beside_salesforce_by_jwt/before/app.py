import os

import snowflake.connector
from simple_salesforce import Salesforce

warehouse = snowflake.connector.connect(account="acme-eu1", user=os.environ["SF_USER"], password=os.environ["SF_PASSWORD"])
sf = Salesforce(username="agent@acme.example", consumer_key=os.environ["SALESFORCE_KEY"], privatekey_file="key.pem")
