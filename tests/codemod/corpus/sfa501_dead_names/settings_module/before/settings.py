import os

SF_USERNAME = os.environ["SF_USERNAME"]
SF_PASSWORD = os.environ["SF_PASSWORD"]
SF_TOKEN = os.environ["SF_TOKEN"]
PAGE_SIZE = 200
