import client

setattr(client, "SF_PASSWORD", "")
print(client.login().query("SELECT Id FROM Contact")["totalSize"])
