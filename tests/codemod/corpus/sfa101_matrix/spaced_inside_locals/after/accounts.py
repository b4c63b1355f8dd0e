import os


def connect():
    from orgkey_simple_salesforce import Salesforce

    user = os.environ.get("SF_USER")
    return Salesforce( username = user, domain = "test" )


sf = connect()
for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:
    print(row["Name"])
