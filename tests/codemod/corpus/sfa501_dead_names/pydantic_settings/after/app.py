from pydantic_settings import BaseSettings
from orgkey_simple_salesforce import Salesforce


class Settings(BaseSettings):
    sf_username: str
    sf_password: str
    sf_token: str = ""


settings = Settings()
sf = Salesforce(username=settings.sf_username)
