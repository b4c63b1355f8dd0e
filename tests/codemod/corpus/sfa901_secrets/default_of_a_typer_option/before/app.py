import typer
from simple_salesforce import Salesforce

app = typer.Typer()


@app.command()
def main(user: str, password: str = typer.Option("Autumn-Lynx-9")):
    Salesforce(username=user, password=password, security_token="")
