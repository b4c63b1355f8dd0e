import os

Client = getattr(__import__("simple_salesforce"), "Salesforce")
sf = Client(
    username=os.environ["SF_USERNAME"],
    password=os.environ["SF_PASSWORD"],
    security_token=os.environ["SF_TOKEN"],
)
