import os
import subprocess

subprocess.run(
    [
        "curl",
        "https://login.salesforce.com/services/oauth2/token",
        "-d", "grant_type=password",
        "-d", f"username={os.environ['SF_USERNAME']}",
        "-d", f"password={os.environ['SF_PASSWORD']}",
        "-d", f"client_id={os.environ['SF_KEY']}",
    ],
    check=True,
)
