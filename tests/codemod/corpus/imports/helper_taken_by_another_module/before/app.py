from client import login, secret

print(login().query("SELECT Id FROM Contact")["totalSize"])
print("agent" if secret("SF_USERNAME") else "nobody")
