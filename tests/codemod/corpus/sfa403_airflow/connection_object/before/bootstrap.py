import os

from airflow.models import Connection

conn = Connection(
    conn_id="salesforce_default",
    conn_type="salesforce",
    login=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    extra={"security_token": os.environ["SF_TOKEN"], "domain": "test"},
)
