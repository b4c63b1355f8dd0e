"""Client of the CRM.

    >>> sf = Salesforce(username="agent@acme.example", password="Dahlia-rocket-33", security_token="")
"""

VERSION = "58.0"
