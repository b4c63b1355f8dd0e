import typer
from orgkey_simple_salesforce import Salesforce

app = typer.Typer()


@app.command()
def main(user: str, password: str = typer.Option("Autumn-Lynx-9")):
    Salesforce(username=user)
