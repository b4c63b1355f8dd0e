import json

from simple_salesforce import Salesforce

sf = Salesforce(**json.load(open("salesforce.json")))
