from airflow.decorators import dag, task
from airflow.providers.salesforce.hooks.salesforce import SalesforceHook


@dag(schedule="@daily", catchup=False)
def accounts():
    @task
    def load():
        hook = SalesforceHook(salesforce_conn_id="salesforce_default")
        return hook.make_query("SELECT Id, Name FROM Account")["totalSize"]

    load()


accounts()
