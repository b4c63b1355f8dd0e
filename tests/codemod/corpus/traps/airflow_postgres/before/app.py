from airflow.models import Connection

conn = Connection(conn_id="salesforce_mirror", conn_type="postgres", login="mirror", password="{{ var.value.mirror }}")
