import click
from orgkey_simple_salesforce import Salesforce


@click.command()
@click.option("--user")
@click.option(
    "--password",
    default="Autumn-Lynx-9",
    help="of the agent",
)
def main(user, password):
    Salesforce(username=user)
