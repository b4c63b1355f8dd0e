from configparser import ConfigParser

from orgkey_simple_salesforce import Salesforce

cfg = ConfigParser()
cfg.read("/etc/ledger/ledger.ini")

sf = Salesforce(
    username=cfg.get("salesforce", "user"),
    version="58.0",
)
