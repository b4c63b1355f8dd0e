import vault
from orgkey_simple_salesforce import Salesforce

sf = Salesforce(
    username=vault.read("salesforce/username"),
)
