from configparser import ConfigParser

from simple_salesforce import Salesforce

cfg = ConfigParser()
cfg.read("/etc/ledger/ledger.ini")

sf = Salesforce(
    username=cfg.get("salesforce", "user"),
    password=cfg.get("salesforce", "pass"),
    security_token=cfg.get("salesforce", "token"),
    version="58.0",
)
