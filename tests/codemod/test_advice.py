"""What a finding tells a person to do can be done, and helps."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import pytest

from orgkey_codemod import check
from orgkey_codemod.model import Flow, Level, Options, Reason, Tree
from orgkey_codemod.rules import in_python

if TYPE_CHECKING:
    from orgkey_codemod.model import Finding

APP: Final = 'consumer_key=os.environ["SF_KEY"], consumer_secret=os.environ["SF_SECRET"], '
SPEC: Final = (
    "import os\n\nfrom llama_index.tools.salesforce import SalesforceToolSpec\n\n"
    'spec = SalesforceToolSpec(username=os.environ["SF_U"], password=os.environ["SF_P"], ' + APP + 'domain="login")\n'
)


def logins(code: str, **options: Any) -> list[Finding]:
    tree = Tree(Options(**options), {PurePosixPath("app.py"): code.encode()})
    return [each for each in check.examine(tree, in_python.RULES) if each.code < "SFA5"]


@pytest.mark.parametrize("flow", list(Flow))
def test_a_password_grant_without_a_my_domain_has_two_ways_out(flow: Flow) -> None:
    (found,) = logins(SPEC, flow=flow)
    assert (found.code, found.level, found.reason) == ("SFA202", Level.REPORT, Reason.NO_MY_DOMAIN)
    assert "--flow" not in found.message, "what both flows say is no way out of either"
    assert "give domain= the org's My Domain" in found.message
    assert logins(SPEC.replace('"login"', '"acme.my"'), flow=flow)[0].edits
    assert "for a login by key, take consumer_key= and consumer_secret= out" in found.message
    assert logins(SPEC.replace(APP, ""))[0].level is Level.SAFE


def test_client_credentials_without_a_my_domain_name_the_other_flow() -> None:
    code = SPEC.replace(APP, "")
    (found,) = logins(code, flow=Flow.CLIENT_CREDENTIALS)
    assert "use --flow jwt" in found.message
    assert logins(code, flow=Flow.JWT)[0].level is Level.SAFE


GRANT: Final = (
    "import os\n\nimport requests\n\n"
    'URL = "https://{host}.salesforce.com/services/oauth2/token"\n'
    "form = {{\n"
    '    "grant_type": "password",\n    "client_id": os.environ["SF_KEY"],\n'
    '    "username": os.environ["SF_USER"],\n    "password": os.environ["SF_PASS"],\n'
    "}}\n"
    "answer = requests.post(URL, data=form, timeout=30)\n"
)


@pytest.mark.parametrize("host", ["login", "test"])
def test_a_signed_form_that_still_goes_to_login_or_test_says_so(host: str) -> None:
    (found,) = logins(GRANT.format(host=host))
    assert found.edits
    assert "write the org's My Domain into its URL" in found.message
    (found,) = logins(GRANT.format(host="acme.my"))
    assert found.edits
    assert "My Domain" not in found.message
