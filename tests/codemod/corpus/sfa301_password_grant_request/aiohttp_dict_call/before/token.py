import os

import aiohttp


async def token():
    form = dict(grant_type="password", client_id=os.environ["SF_KEY"], client_secret=os.environ["SF_SECRET"],
                username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"])
    async with aiohttp.ClientSession() as http:
        async with http.post("https://acme.my.salesforce.com/services/oauth2/token", data=form) as answer:
            return (await answer.json())["access_token"]
