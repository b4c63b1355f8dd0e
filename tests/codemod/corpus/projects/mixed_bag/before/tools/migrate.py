from simple_salesforce import Salesforce

from tools.settings import SALESFORCE

sf = Salesforce(**SALESFORCE)
