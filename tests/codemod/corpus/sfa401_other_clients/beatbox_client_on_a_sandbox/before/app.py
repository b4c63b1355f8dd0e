import os

from beatbox import PythonClient

client = PythonClient()
client.serverUrl = "https://test.salesforce.com/services/Soap/u/20.0"
client.login(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"])
