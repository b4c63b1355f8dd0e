import os

from simple_salesforce import Salesforce

credentials = {
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"],
    "security_token": os.environ["SF_TOKEN"],
}
sf = Salesforce(**credentials)
