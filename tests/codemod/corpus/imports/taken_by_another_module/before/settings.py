import os

SF_PASSWORD = os.environ["SF_PASSWORD"]
