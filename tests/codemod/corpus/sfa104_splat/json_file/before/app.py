import json

from simple_salesforce import Salesforce

with open("salesforce.json") as file:
    credentials = json.load(file)

sf = Salesforce(**credentials)
