import os

import snowflake.connector

connection = snowflake.connector.connect(account="acme-eu1", user=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"])
