import os

USER = os.environ["SF_USERNAME"]
PASSWORD = os.environ["SF_PASSWORD"]
