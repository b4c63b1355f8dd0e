from factory import build
from settings import salesforce

sf = build(*salesforce())
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
