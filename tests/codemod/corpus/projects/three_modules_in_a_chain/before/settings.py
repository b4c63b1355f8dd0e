import os


def salesforce():
    return os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"]
