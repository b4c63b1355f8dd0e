from app.crm import client

print(client().query("SELECT Id FROM Account LIMIT 1")["totalSize"])
