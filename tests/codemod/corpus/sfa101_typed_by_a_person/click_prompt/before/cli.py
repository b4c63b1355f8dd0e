import click
from simple_salesforce import Salesforce


@click.command()
@click.option("--username", prompt=True)
@click.password_option("--password", confirmation_prompt=False)
@click.option("--token", prompt="Security token", hide_input=True)
def main(username, password, token):
    sf = Salesforce(username=username, password=password, security_token=token)
    click.echo(sf.sf_instance)
