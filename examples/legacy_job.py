"""A nightly job as it stands in a package that nobody here can edit: Bulk API 2.0 and metadata, with a password.

It does one piece of work per line of its input: ``export`` or ``objects``.
"""

import os
import sys

from simple_salesforce import Salesforce


def export(sf):
    """Download all contacts by a Bulk 2 query job."""
    pages = sf.bulk2.Contact.query("SELECT Id, LastName FROM Contact")
    return f"{sum(page.count(chr(10)) - 1 for page in pages)} contacts exported"


def objects(sf):
    """Ask the Metadata API what can be deployed."""
    described = sf.mdapi.describe_metadata()
    return f"{len(described['metadataObjects'])} kinds of metadata"


def main():
    """Log in, and work until the input ends."""
    sf = Salesforce(
        username=os.environ["SALESFORCE_USERNAME"],
        password=os.environ["SALESFORCE_PASSWORD"],
        security_token=os.environ["SALESFORCE_SECURITY_TOKEN"],
        domain=os.environ.get("SALESFORCE_DOMAIN", "login"),
    )
    work = {"export": export, "objects": objects}
    for line in sys.stdin:
        print(work[line.strip()](sf), flush=True)


if __name__ == "__main__":
    main()
