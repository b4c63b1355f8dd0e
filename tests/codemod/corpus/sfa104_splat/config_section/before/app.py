import tomllib
from pathlib import Path

from simple_salesforce import Salesforce

config = tomllib.loads(Path("settings.toml").read_text())
sf = Salesforce(**config["salesforce"])
