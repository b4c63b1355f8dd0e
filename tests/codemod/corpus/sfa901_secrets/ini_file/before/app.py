import configparser

from simple_salesforce import Salesforce

config = configparser.ConfigParser()
config.read("crm.ini")
section = config["salesforce"]
sf = Salesforce(username=section["username"], password=section["password"], security_token=section["token"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
