"""The project that setup writes, held against the Metadata API's element lists."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from orgkey.setup.component import NAMESPACE
from orgkey.setup.plan import SCOPES, SetupPlan
from orgkey.setup.project import components, project_files
from orgkey.setup.switches import SWITCHES, read_switches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey.setup.component import Component

SCHEMA = tomllib.loads((Path(__file__).parent.parent / "support" / "metadata_schema.toml").read_text(encoding="utf-8"))
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMII&<\n-----END CERTIFICATE-----\n"


def plan(**changes: Any) -> SetupPlan:
    told = {
        "grant": "jwt_bearer",
        "org_url": "https://acme.my.salesforce.com",
        "app_name": "Acme Agent",
        "username": "agent@acme.example",
    }
    return SetupPlan(**told | changes)


def every_plan() -> Iterator[SetupPlan]:
    values = {name: (*switch.values, *(["free"] if switch.free_form else [])) for name, switch in SWITCHES.items()}
    settings = [[f"{name}={value}" for value in found] for name, found in values.items()]
    for switches in itertools.product(*settings):
        for grant in ("jwt_bearer", "client_credentials"):
            for kind in ("external-client-app", "connected-app"):
                for scopes in (("api",), tuple(SCOPES)):
                    yield plan(grant=grant, kind=kind, scopes=scopes, switches=read_switches(switches))


def leaves(element: ET.Element, prefix: str = "") -> Iterator[tuple[str, str]]:
    for child in element:
        name = prefix + child.tag.removeprefix(f"{{{NAMESPACE}}}")
        if len(child):
            yield from leaves(child, f"{name}.")
        else:
            yield name, child.text or ""


def fits(value: str, kind: str | list[str]) -> bool:
    if isinstance(kind, list):
        return value in kind
    return {"text": bool(value), "boolean": value in {"true", "false"}, "number": value.isdecimal()}[kind]


def check(component: Component) -> None:
    schema = SCHEMA[component.type]
    root = ET.fromstring(component.xml())
    assert root.tag == f"{{{NAMESPACE}}}{component.type}"
    found = list(leaves(root))
    for name, value in found:
        assert name in schema["elements"], f"{component.type} has no {name}"
        assert fits(value, schema["elements"][name]), f"{component.type}.{name} is {value!r}"
    assert set(schema["required"]) <= {name for name, _ in found}
    tops = [child.tag for child in root]
    assert tops == sorted(tops)


def test_every_component_of_every_plan_fits_the_schema() -> None:
    count = 0
    for each in every_plan():
        for component in components(each, CERTIFICATE if each.uses_key else None):
            check(component)
            count += 1
    assert count > 100


def test_the_schema_check_finds_what_is_wrong() -> None:
    (component, *_) = components(plan(), CERTIFICATE)
    component.elements["lable"] = "x"
    with pytest.raises(AssertionError, match="has no lable"):
        check(component)


def elements(which: SetupPlan, type_name: str) -> dict[str, str]:
    found = next(part for part in components(which, CERTIFICATE) if part.type == type_name)
    return dict(leaves(ET.fromstring(found.xml())))


def test_the_defaults_are_least_privilege() -> None:
    policies = elements(plan(), "ExtlClntAppOauthConfigurablePolicies")
    assert policies["permittedUsersPolicyType"] == "AdminApprovedPreAuthorized"
    assert policies["ipRelaxationPolicyType"] == "Enforce"
    assert elements(plan(), "ExtlClntAppOauthSettings")["commaSeparatedOauthScopes"] == "Api"
    settings = elements(plan(), "ExtlClntAppGlobalOauthSettings")
    assert settings["isPkceRequired"] == "true"
    assert settings["certificate"] == CERTIFICATE
    assert "isRefreshTokenRotationEnabled" not in settings
    assert "consumerKey" not in settings
    rotating = elements(plan(scopes=("api", "refresh_token")), "ExtlClntAppGlobalOauthSettings")
    assert rotating["isRefreshTokenRotationEnabled"] == "true"
    assert elements(plan(), "PermissionSet")["userPermissions.name"] == "ApiEnabled"


def test_each_switch_moves_its_element() -> None:
    def switched(text: str, **changes: Any) -> SetupPlan:
        return plan(switches=read_switches([text]), **changes)

    in_settings = switched("certificate-element=oauth-settings")
    assert elements(in_settings, "ExtlClntAppOauthSettings")["clientAssertionCertificate"] == CERTIFICATE
    assert "certificate" not in elements(in_settings, "ExtlClntAppGlobalOauthSettings")
    keyed = switched("consumer-key=3MVG9abc")
    assert elements(keyed, "ExtlClntAppGlobalOauthSettings")["consumerKey"] == "3MVG9abc"
    policies = "ExtlClntAppOauthConfigurablePolicies"
    assert elements(plan(), policies)["commaSeparatedPermissionSet"] == "Acme_Agent_Access"
    assert "commaSeparatedPermissionSet" not in elements(switched("policy-permission-set=omit"), policies)
    by_id = switched("policy-permission-set=0PS000000000001")
    assert elements(by_id, policies)["commaSeparatedPermissionSet"] == "0PS000000000001"
    credentials = "client_credentials"
    assert elements(plan(grant=credentials), policies)["clientCredentialsFlowUser"] == "agent@acme.example"
    assert "clientCredentialsFlowUser" not in elements(switched("run-as=page", grant=credentials), policies)


def test_the_manifest_names_every_component() -> None:
    files = project_files(plan(), CERTIFICATE)
    root = ET.fromstring(files["manifest/package.xml"])
    named = {each.text for each in root.iter(f"{{{NAMESPACE}}}members")}
    assert named == {part.name for part in components(plan(), CERTIFICATE)}
    assert len(files) == 2 + len(named)


@pytest.mark.parametrize(
    ("label", "name"),
    [("Acme Agent", "Acme_Agent"), ("  42 ways, o'b ", "App_42_ways_o_b"), ("Käse-Agent <1>", "K_se_Agent_1")],
)
def test_developer_names_are_what_salesforce_takes(label: str, name: str) -> None:
    made = plan(app_name=label)
    assert made.developer_name == name
    check(components(made, CERTIFICATE)[1])
