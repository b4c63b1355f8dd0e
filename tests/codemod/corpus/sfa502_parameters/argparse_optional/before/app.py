import argparse
import os

from simple_salesforce import Salesforce


def main(argv=None):
    parser = argparse.ArgumentParser(description="Export accounts")
    parser.add_argument("-u", "--username", default=os.environ.get("SF_USERNAME"))
    parser.add_argument("-p", "--password", default=os.environ.get("SF_PASSWORD"), help="Salesforce password")
    parser.add_argument("-t", "--security-token", default=os.environ.get("SF_TOKEN"))
    args = parser.parse_args(argv)
    sf = Salesforce(username=args.username, password=args.password, security_token=args.security_token)
    print(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])


main()
