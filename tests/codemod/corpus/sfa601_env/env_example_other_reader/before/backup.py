import os
import subprocess

subprocess.run(["sftp-push", "--user", os.environ["SF_USERNAME"]], input=os.environ["SF_PASSWORD"], text=True, check=True)
