import os

DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"},
    "salesforce": {
        "ENGINE": "salesforce.backend",
        "CONSUMER_KEY": os.environ["SF_CONSUMER_KEY"],
        "CONSUMER_SECRET": os.environ["SF_CONSUMER_SECRET"],
        "USER": os.environ["SF_USERNAME"],
        "PASSWORD": os.environ["SF_PASSWORD"],
        "HOST": "https://acme.my.salesforce.com",
    },
}
