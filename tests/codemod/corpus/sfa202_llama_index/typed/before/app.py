import getpass

from llama_index.tools.salesforce import SalesforceToolSpec

spec = SalesforceToolSpec(username=input("user: "), password=getpass.getpass(), security_token=input("token: "))
