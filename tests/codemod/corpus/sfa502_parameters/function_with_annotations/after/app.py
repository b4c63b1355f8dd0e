import os

from orgkey_simple_salesforce import Salesforce


def get_client(username: str, password: str, token: str = "", *, sandbox: bool = False) -> Salesforce:
    """Connect.

    :param password: the integration user's password
    """
    return Salesforce(username=username, domain="test" if sandbox else "login")


sf = get_client(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"])
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
