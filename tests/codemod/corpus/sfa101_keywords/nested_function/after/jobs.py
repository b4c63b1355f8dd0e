import functools
import os

from orgkey_simple_salesforce import Salesforce


class Jobs:
    def runner(self):
        @functools.lru_cache
        def client():
            return Salesforce(
                username=os.environ["SF_USERNAME"],
            )

        return client


print(Jobs().runner()().query("SELECT Id FROM Account LIMIT 1")["totalSize"])
