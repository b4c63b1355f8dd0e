import yaml
from simple_salesforce import Salesforce

with open("config/prod.yaml") as file:
    crm = yaml.safe_load(file)["salesforce"]
sf = Salesforce(**crm)
