"""install() replaces simple_salesforce's names wherever they are known. Each test runs in a Python of its own."""

from __future__ import annotations

import textwrap

import pytest

OURS = "orgkey_simple_salesforce.client orgkey_simple_salesforce.login"


def code(text: str) -> str:
    return textwrap.dedent(text)


@pytest.mark.parametrize(
    "imports",
    [
        "from simple_salesforce import Salesforce, SalesforceLogin",
        "import simple_salesforce as s; Salesforce, SalesforceLogin = s.Salesforce, s.login.SalesforceLogin",
        "from simple_salesforce.api import Salesforce, SalesforceLogin",
        "from simple_salesforce.api import Salesforce; from simple_salesforce.login import SalesforceLogin",
        "from simple_salesforce import *",
    ],
)
def test_whoever_imports_afterwards_gets_the_replacements(python, imports):
    printed = python(
        f"import orgkey_simple_salesforce as ours; ours.install(); {imports}; "
        "print(Salesforce.__module__, SalesforceLogin.__module__)"
    )
    assert printed.strip() == OURS


def test_modules_that_imported_before_get_them_too(python, tmp_path):
    (tmp_path / "legacy.py").write_text("from simple_salesforce import Salesforce as SF, SalesforceLogin as log_in")
    printed = python(
        "import legacy, orgkey_simple_salesforce as ours; ours.install(); ours.install();"
        "print(legacy.SF.__module__, legacy.log_in.__module__)"
    )
    assert printed.strip() == OURS


def test_classes_derived_before_log_in_without_a_password(python, configured):
    printed = python(
        code("""
        import warnings
        import simple_salesforce
        class Client(simple_salesforce.Salesforce):
            def __init__(self):
                super().__init__(username="agent@acme.example", password="x", security_token="y")
        kept = [simple_salesforce.Salesforce]
        import orgkey_simple_salesforce
        orgkey_simple_salesforce.install()
        warnings.simplefilter("ignore")
        client = Client()
        print(client.auth_type, client.limits()["DailyApiRequests"]["Max"] > 0, isinstance(client, kept[0]))
        """)
    )
    assert printed.split() == ["jwt-bearer", "True", "True"]


def test_the_old_class_kept_in_a_list_sends_no_password_either(python, configured):
    printed = python(
        code("""
        import warnings
        import simple_salesforce
        kept = [simple_salesforce.Salesforce]
        import orgkey_simple_salesforce
        orgkey_simple_salesforce.install()
        warnings.simplefilter("ignore")
        client = kept[0](username="agent@acme.example", password="x", security_token="y")
        print(bool(client.session_id))
        """)
    )
    assert printed.split() == ["True"]
    assert configured.org.count(endpoint="token") == 1
    assert configured.org.count(endpoint="soap_login") == 0


def test_isinstance_keeps_working(python):
    printed = python(
        code("""
        import orgkey_simple_salesforce
        import simple_salesforce
        original = simple_salesforce.Salesforce
        orgkey_simple_salesforce.install()
        client = simple_salesforce.Salesforce(session_id="x", instance="acme.my.salesforce.com")
        print(isinstance(client, original), isinstance(client, simple_salesforce.Salesforce))
        print(issubclass(simple_salesforce.Salesforce, original), simple_salesforce.Salesforce.__name__)
        """)
    )
    assert printed.split() == ["True", "True", "True", "Salesforce"]


def test_the_core_installs_it_too(python):
    printed = python(
        "import orgkey; assert 'simple-salesforce' in orgkey.install(); from simple_salesforce import Salesforce; "
        "print(Salesforce.__module__)"
    )
    assert printed.strip() == "orgkey_simple_salesforce.client"
