from airflow.providers.salesforce.operators.salesforce_apex_rest import SalesforceApexRestOperator

refresh = SalesforceApexRestOperator(task_id="refresh", endpoint="Ledger/refresh", salesforce_conn_id="salesforce_default")
