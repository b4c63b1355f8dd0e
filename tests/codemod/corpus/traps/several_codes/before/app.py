from simple_salesforce import Salesforce

sf = Salesforce(username="agent@acme.example", password="Lilac-drum-17", security_token="")  # orgkey: ignore[SFA102, SFA901] throw-away scratch org
