from crm import login

print(login().query("SELECT Id FROM Contact")["totalSize"])
