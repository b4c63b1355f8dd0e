import os

from aiosalesforce import Salesforce, SoapLogin
from httpx import AsyncClient


async def count():
    async with AsyncClient() as client:
        auth = SoapLogin(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
        salesforce = Salesforce(client, base_url="https://acme.my.salesforce.com", auth=auth)
        return [row async for row in salesforce.query("SELECT Id FROM Account LIMIT 1")]
