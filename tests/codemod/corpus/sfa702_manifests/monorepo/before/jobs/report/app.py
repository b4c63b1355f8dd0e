print("no Salesforce here")
