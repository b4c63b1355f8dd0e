import client


def dump(module):
    return sorted(name for name in vars(module) if name.isupper())


print(dump(client))
print(client.login().query("SELECT Id FROM Contact")["totalSize"])
