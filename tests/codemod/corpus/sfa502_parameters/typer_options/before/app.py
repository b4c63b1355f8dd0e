from typing import Annotated

import typer
from simple_salesforce import Salesforce


def main(
    username: Annotated[str, typer.Option(envvar="SF_USERNAME")],
    password: Annotated[str, typer.Option(envvar="SF_PASSWORD")],
    token: str = "",
):
    sf = Salesforce(username=username, password=password, security_token=token)
    typer.echo(sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])


typer.run(main)
