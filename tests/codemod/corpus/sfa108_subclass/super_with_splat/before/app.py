import os

import simple_salesforce


class Client(simple_salesforce.Salesforce):
    def __init__(self, **kwargs):
        kwargs["password"] = os.environ["SF_PASSWORD"]
        super().__init__(**kwargs)
