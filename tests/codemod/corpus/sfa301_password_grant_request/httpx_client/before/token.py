import os

import httpx

TOKEN_URL = "https://acme--uat.sandbox.my.salesforce.com/services/oauth2/token"


async def token() -> str:
    async with httpx.AsyncClient() as client:
        answer = await client.post(TOKEN_URL, data={
            "grant_type": "password",
            "client_id": os.environ["SF_CLIENT_ID"],
            "client_secret": os.environ["SF_CLIENT_SECRET"],
            "username": os.environ["SF_USERNAME"],
            "password": os.environ["SF_PASSWORD"],
        })
    return answer.json()["access_token"]
