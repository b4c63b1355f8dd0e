from airflow.providers.salesforce.hooks.salesforce import SalesforceHook


def count(session_id):
    hook = SalesforceHook(salesforce_conn_id="salesforce_direct", session_id=session_id)
    return hook.make_query("SELECT Id FROM Account LIMIT 1")["totalSize"]
