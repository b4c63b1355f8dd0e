import argparse

from simple_salesforce import Salesforce

parser = argparse.ArgumentParser()
for name in ("username", "password", "security_token"):
    parser.add_argument("--" + name.replace("_", "-"))
sf = Salesforce(**vars(parser.parse_args()))
