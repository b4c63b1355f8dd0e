from crm import PASSWORD

print("password set" if PASSWORD else "password missing")
