from dataclasses import dataclass

from simple_salesforce import Salesforce


@dataclass
class Settings:
    user: str = "agent@acme.example"
    password: str = "Class-Heron-7"


settings = Settings()
sf = Salesforce(username=settings.user, password=settings.password, security_token="")
