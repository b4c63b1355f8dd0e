import os

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "USER": "salesforce_sync",
        "PASSWORD": os.environ["SALESFORCE_SYNC_DB_PASSWORD"],
    },
}
