from crm import SF_PASSWORD, login

print("password set" if SF_PASSWORD else "password missing")
print(login().query("SELECT Id FROM Contact")["totalSize"])
