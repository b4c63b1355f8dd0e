from client import *

print(login().query("SELECT Id FROM Contact")["totalSize"])
print("agent" if secret("SF_USERNAME") else "nobody")
