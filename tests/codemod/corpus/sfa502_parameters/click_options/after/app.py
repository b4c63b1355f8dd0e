import click
from orgkey_simple_salesforce import Salesforce


@click.command()
@click.option("--username", envvar="SF_USERNAME", required=True)
@click.option("--password", envvar="SF_PASSWORD", required=True)
@click.option("--token", envvar="SF_TOKEN", default="")
def main(username, password, token):
    sf = Salesforce(username=username)
    click.echo(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])


main()
