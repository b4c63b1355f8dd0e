import os

from sqlalchemy import create_engine

SF_USER = os.environ["SF_USER"]
SF_PASSWORD = os.environ["SF_PASSWORD"]
engine = create_engine(f"snowflake://{SF_USER}:{SF_PASSWORD}@acme-eu1/LEDGER?warehouse=LOAD")
