from client import *

print("password set" if SF_PASSWORD else "password missing")
print(login().query("SELECT Id FROM Contact")["totalSize"])
