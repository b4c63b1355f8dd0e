import importlib

client = importlib.import_module("client")
print("password set" if client.SF_PASSWORD else "password missing")
print(client.login().query("SELECT Id FROM Contact")["totalSize"])
