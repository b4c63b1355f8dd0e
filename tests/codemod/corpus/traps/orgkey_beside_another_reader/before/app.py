import os
import subprocess
import sys

from orgkey_simple_salesforce import Salesforce

if not os.getenv("SF_PASSWORD"):
    sys.exit("SF_PASSWORD must be set")
sf = Salesforce(username=os.environ["SF_USERNAME"])
subprocess.run(["java", "-jar", "loader.jar", os.environ["SF_PASSWORD"]], check=True)
