import configparser

from orgkey_simple_salesforce import Salesforce

config = configparser.ConfigParser()
config.read("crm.ini")
section = config["salesforce"]
sf = Salesforce(username=section["username"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
