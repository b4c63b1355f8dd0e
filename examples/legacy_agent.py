"""An agent's Salesforce part, written as thousands of repositories have it: username, password, security token.

It answers one question per line of its input: the name of an account, or a part of it.
"""

import os
import sys

from simple_salesforce import Salesforce, format_soql


def log_in():
    """Log in with a password: over SOAP, or over OAuth where a connected app is configured."""
    if "SALESFORCE_CONSUMER_KEY" in os.environ:
        return Salesforce(
            username=os.environ["SALESFORCE_USERNAME"],
            password=os.environ["SALESFORCE_PASSWORD"] + os.environ["SALESFORCE_SECURITY_TOKEN"],
            consumer_key=os.environ["SALESFORCE_CONSUMER_KEY"],
            consumer_secret=os.environ["SALESFORCE_CONSUMER_SECRET"],
            domain=os.environ.get("SALESFORCE_DOMAIN", "login"),
        )
    return Salesforce(
        username=os.environ["SALESFORCE_USERNAME"],
        password=os.environ["SALESFORCE_PASSWORD"],
        security_token=os.environ["SALESFORCE_SECURITY_TOKEN"],
        domain=os.environ.get("SALESFORCE_DOMAIN", "login"),
    )


def answer(sf, name):
    """Whom to call at the accounts whose name contains ``name``."""
    soql = "SELECT Name, Phone, Account.Name FROM Contact WHERE Account.Name LIKE '%{:like}%' ORDER BY Name LIMIT 3"
    contacts = sf.query(format_soql(soql, name))["records"]
    return ", ".join(f"{contact['Name']} ({contact['Phone']})" for contact in contacts) or "nobody"


def main():
    """Answer until the input ends."""
    sf = log_in()
    for line in sys.stdin:
        print(f"{line.strip()}: {answer(sf, line.strip())}", flush=True)


if __name__ == "__main__":
    main()
