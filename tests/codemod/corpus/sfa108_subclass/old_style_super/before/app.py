import os

from simple_salesforce import Salesforce as Base


class Client(Base):
    def __init__(self):
        Base.__init__(
            self,
            username=os.environ["SF_USERNAME"],
            password=os.environ["SF_PASSWORD"],
            security_token=os.environ["SF_TOKEN"],
        )
