import os

KEYS = ("SALESFORCE_USERNAME", "SALESFORCE_PASSWORD")


def ready():
    return all(os.environ.get(key) for key in KEYS) or "SALESFORCE_PRIVATE_KEY_FILE" in os.environ
