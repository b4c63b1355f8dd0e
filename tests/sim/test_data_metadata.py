from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgkey_sim.clock import VirtualClock
from orgkey_sim.data import Records
from orgkey_sim.data.metadata import Component, Deployment, DeployProblem, Metadata

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
APP = f'<ExternalClientApplication xmlns="{NAMESPACE}"><label>Agent</label></ExternalClientApplication>'
SETTINGS = f'<ExtlClntAppOauthSettings xmlns="{NAMESPACE}"><label>Agent</label></ExtlClntAppOauthSettings>'


def manifest(**types: str) -> str:
    inner = "".join(f"<types><members>{member}</members><name>{name}</name></types>" for name, member in types.items())
    return f'<Package xmlns="{NAMESPACE}">{inner}<version>66.0</version></Package>'


def package(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()


@pytest.fixture
def metadata() -> Metadata:
    return Records(VirtualClock(), "00D000000000001AAA").metadata


def deploy(metadata: Metadata, files: dict[str, str], *, check_only: bool = False, rollback: bool = True) -> Deployment:
    deployment = metadata.deploy(
        package(files), user_id="005", user_name="Ada", check_only=check_only, rollback_on_error=rollback
    )
    assert metadata.deployment(deployment.id[:15]) is deployment
    return deployment


def test_a_deployment_keeps_its_components(metadata: Metadata) -> None:
    files = {"package.xml": manifest(ExternalClientApplication="Agent"), "externalClientApps/Agent.eca": APP}
    deployment = deploy(metadata, files)
    assert (deployment.status, len(deployment.successes)) == ("Succeeded", 1)
    assert deployment.successes[0].created
    component = metadata.get("ExternalClientApplication", "Agent")
    assert component is not None
    assert component.content.decode() == APP
    assert not deploy(metadata, files).successes[0].created


def test_source_format_and_a_folder_around_the_package(metadata: Metadata) -> None:
    files = {"pkg/package.xml": manifest(), "pkg/externalClientApps/Agent.eca-meta.xml": APP}
    assert deploy(metadata, files).status == "Succeeded"
    assert metadata.get("ExternalClientApplication", "Agent")


def test_code_comes_with_a_description(metadata: Metadata) -> None:
    described = f'<ApexClass xmlns="{NAMESPACE}"><apiVersion>66.0</apiVersion></ApexClass>'
    files = {"package.xml": manifest(), "classes/A.cls": "class A {}", "classes/A.cls-meta.xml": described}
    assert deploy(metadata, files).status == "Succeeded"
    component = metadata.get("ApexClass", "A")
    assert component is not None
    assert component.content == b"class A {}"
    assert component.definition is not None
    assert component.definition.findtext(f"{{{NAMESPACE}}}apiVersion") == "66.0"


def test_handlers_run_in_the_order_apps_need(metadata: Metadata) -> None:
    seen: list[str] = []

    def note(component: Component, deployment: Deployment) -> None:
        assert component in deployment.components
        seen.append(component.type)

    for name in ("ExternalClientApplication", "ExtlClntAppOauthSettings"):
        metadata.deploy_handlers[name] = note
    files = {
        "package.xml": manifest(),
        "extlClntAppOauthSettings/Agent.ecaOauth": SETTINGS,
        "externalClientApps/Agent.eca": APP,
    }
    assert deploy(metadata, files, check_only=True).status == "Succeeded"
    assert seen == []
    deploy(metadata, files)
    assert seen == ["ExternalClientApplication", "ExtlClntAppOauthSettings"]


def refuse(_component: Component, _deployment: Deployment) -> None:
    raise DeployProblem("Enter a valid execution user")


@pytest.mark.parametrize(("rollback", "status", "kept"), [(True, "Failed", False), (False, "SucceededPartial", True)])
def test_a_handler_may_refuse_a_component(metadata: Metadata, rollback: bool, status: str, kept: bool) -> None:
    metadata.deploy_handlers["ExtlClntAppOauthSettings"] = refuse
    files = {
        "package.xml": manifest(),
        "extlClntAppOauthSettings/Agent.ecaOauth": SETTINGS,
        "externalClientApps/Agent.eca": APP,
    }
    deployment = deploy(metadata, files, rollback=rollback)
    assert deployment.status == status
    assert [each.problem for each in deployment.failures] == ["Enter a valid execution user"]
    assert (metadata.get("ExternalClientApplication", "Agent") is not None) is kept
    assert metadata.get("ExtlClntAppOauthSettings", "Agent") is None


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({}, "No package.xml found"),
        ({"package.xml": "<oops"}, "package.xml is not well-formed XML"),
        ({"package.xml": manifest(ExternalClientApplication="Agent")}, "was not found in zipped directory"),
        ({"package.xml": manifest(), "nowhere/x.y": ""}, "Unknown folder type: nowhere"),
        ({"package.xml": manifest(), "externalClientApps/Agent.txt": APP}, "is not of the form NAME.eca"),
        ({"package.xml": manifest(), "externalClientApps/Agent.eca": "<oops"}, "is not well-formed XML"),
        ({"package.xml": manifest(), "externalClientApps/A.eca": "<!DOCTYPE a><a/>"}, "is not well-formed XML"),
    ],
)
def test_a_package_that_fails(metadata: Metadata, files: dict[str, str], problem: str) -> None:
    deployment = deploy(metadata, files)
    assert deployment.status == "Failed"
    assert problem in str(deployment.failures[0].problem)
    assert metadata.of_type("ExternalClientApplication") == []


def test_destructive_changes(metadata: Metadata) -> None:
    deploy(metadata, {"package.xml": manifest(), "externalClientApps/Agent.eca": APP})
    gone = {"package.xml": manifest(), "destructiveChanges.xml": manifest(ExternalClientApplication="Agent")}
    deployment = deploy(metadata, gone)
    assert deployment.successes[0].deleted
    assert metadata.get("ExternalClientApplication", "Agent") is None


def test_what_was_deployed_can_be_retrieved(metadata: Metadata) -> None:
    deploy(metadata, {"package.xml": manifest(), "externalClientApps/Agent.eca": APP})
    retrieval = metadata.retrieve([("ExternalClientApplication", "*"), ("Profile", "Nobody")], "66.0")
    with zipfile.ZipFile(io.BytesIO(metadata.retrieved(retrieval) or b"")) as archive:
        assert sorted(archive.namelist()) == ["unpackaged/externalClientApps/Agent.eca", "unpackaged/package.xml"]
        assert "<members>Agent</members>" in archive.read("unpackaged/package.xml").decode()


def test_a_member_without_a_name_is_no_file(metadata: Metadata) -> None:
    good = package({"package.xml": manifest(), "externalClientApps/Agent.eca": APP})
    nameless = good.replace(b"externalClientApps/Agent.eca", b"\0" * 28)
    deployment = metadata.deploy(nameless, user_id="005", user_name="Ada")
    assert deployment.status in {"Succeeded", "Failed"}


def test_a_package_that_swells_is_not_unpacked(metadata: Metadata) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("package.xml", b"\0" * 60_000_000)
    deployment = metadata.deploy(out.getvalue(), user_id="005", user_name="Ada")
    assert deployment.failures[0].problem == "Maximum size of request reached."


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 500))
def test_any_bytes_are_deployed_or_fail_in_words(junk: bytes, place: int) -> None:
    metadata = Records(VirtualClock(), "00D000000000001AAA").metadata
    good = package({"package.xml": manifest(), "externalClientApps/Agent.eca": APP})
    for content in (junk, good[:place] + junk + good[place + len(junk) :]):
        deployment = metadata.deploy(content, user_id="005", user_name="Ada")
        assert deployment.status in {"Succeeded", "Failed"}
