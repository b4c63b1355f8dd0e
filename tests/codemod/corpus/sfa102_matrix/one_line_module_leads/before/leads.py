import simple_salesforce

sf = simple_salesforce.Salesforce(username="agent@acme.example", password=r"Back\slash-fern-8", security_token="tokPebbleShore22", version="59.0")
print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])
