import json
import subprocess

from simple_salesforce import Salesforce

answer = subprocess.run(["sf", "org", "display", "--json"], capture_output=True, check=True)
org = json.loads(answer.stdout)["result"]
sf = Salesforce(instance_url=org["instanceUrl"], session_id=org["accessToken"])
