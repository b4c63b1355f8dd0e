"""Texts for the deployer: ``.env.example``, and a workflow for GitHub Actions that names its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from orgkey.setup.plan import SetupPlan

__all__ = ["env_example", "github_actions"]

_WORKFLOW: Final = """\
# Repository > Settings > Secrets and variables > Actions: add the secrets that are named here.
name: salesforce
on: [workflow_dispatch]
permissions: {{}}
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install "orgkey[cli]"
      - run: orgkey doctor
        env:
          SALESFORCE_LOGIN_URL: {org_url}
          SALESFORCE_CLIENT_ID: ${{{{ secrets.SALESFORCE_CLIENT_ID }}}}
{credentials}
"""
_JWT_BEARER: Final = """\
          SALESFORCE_USERNAME: {username}
          # The whole text of {key_file}, line breaks included.
          SALESFORCE_PRIVATE_KEY: ${{{{ secrets.SALESFORCE_PRIVATE_KEY }}}}"""
_CLIENT_CREDENTIALS: Final = """\
          SALESFORCE_CLIENT_SECRET: ${{{{ secrets.SALESFORCE_CLIENT_SECRET }}}}"""


def env_example(plan: SetupPlan, key_file: str, *, encrypted: bool) -> str:
    """The settings that a program needs; what is secret is left for the deployer to fill in."""
    lines = [
        "# Copy to .env, fill in, and keep .env out of version control.",
        f"SALESFORCE_LOGIN_URL={plan.org_url}",
        "# The app's consumer key.",
        f"SALESFORCE_CLIENT_ID={_consumer_key(plan)}",
    ]
    if plan.uses_key:
        lines += [f"SALESFORCE_USERNAME={plan.username}", f"SALESFORCE_PRIVATE_KEY_FILE={key_file}"]
        lines += ["SALESFORCE_PRIVATE_KEY_PASSPHRASE="] if encrypted else []
    else:
        lines += ["# The app's consumer secret.", "SALESFORCE_CLIENT_SECRET="]
    return "\n".join(lines) + "\n"


def github_actions(plan: SetupPlan, key_file: str) -> str:
    """A workflow that runs the doctor with secrets by name."""
    credentials = (_JWT_BEARER if plan.uses_key else _CLIENT_CREDENTIALS).format(
        username=plan.username, key_file=key_file
    )
    return _WORKFLOW.format(org_url=plan.org_url, credentials=credentials)


def _consumer_key(plan: SetupPlan) -> str:
    asked = plan.switches["consumer-key"]
    return "" if asked == "omit" else asked
