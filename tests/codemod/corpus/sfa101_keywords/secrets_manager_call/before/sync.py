import vault
from simple_salesforce import Salesforce

sf = Salesforce(
    username=vault.read("salesforce/username"),
    password=vault.read("salesforce/password"),
    security_token=vault.read("salesforce/token"),
)
