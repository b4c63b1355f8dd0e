import os


class Config:
    SALESFORCE_DOMAIN = os.environ.get("SALESFORCE_DOMAIN", "login")
    SECRET_KEY = os.environ["SECRET_KEY"]
