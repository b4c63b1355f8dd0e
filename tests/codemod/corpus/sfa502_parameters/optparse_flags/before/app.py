import optparse

from simple_salesforce import Salesforce

parser = optparse.OptionParser()
parser.add_option("--user", dest="user")
parser.add_option("--pass", dest="password", default="")
options, _ = parser.parse_args()

sf = Salesforce(username=options.user, password=options.password, security_token="")
print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
