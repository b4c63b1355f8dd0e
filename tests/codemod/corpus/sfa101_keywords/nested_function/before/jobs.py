import functools
import os

from simple_salesforce import Salesforce


class Jobs:
    def runner(self):
        @functools.lru_cache
        def client():
            return Salesforce(
                username=os.environ["SF_USERNAME"],
                password=os.environ["SF_PASSWORD"],
                security_token=os.environ["SF_TOKEN"],
            )

        return client


print(Jobs().runner()().query("SELECT Id FROM Account LIMIT 1")["totalSize"])
