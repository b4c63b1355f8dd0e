import client

print("password set" if client.SF_PASSWORD else "password missing")
print(client.login().query("SELECT Id FROM Contact")["totalSize"])
