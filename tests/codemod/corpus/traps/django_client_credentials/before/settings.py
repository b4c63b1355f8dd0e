import os

DATABASES = {
    "salesforce": {
        "ENGINE": "salesforce.backend",
        "AUTH": "salesforce.auth.SalesforceClientCredentialsAuth",
        "CONSUMER_KEY": os.environ["SF_KEY"],
        "CONSUMER_SECRET": os.environ["SF_SECRET"],
        "HOST": "https://acme.my.salesforce.com",
    },
}
