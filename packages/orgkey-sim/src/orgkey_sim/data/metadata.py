"""The org's metadata: components by type and name, deployed from zip files and retrieved into them.

Components are kept as the files they came in; of their content only well-formed XML is asked. What a deployed component
is to do to the org is registered per type in `Metadata.deploy_handlers`.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

__all__ = ["NAMESPACE", "TYPES", "Component", "DeployProblem", "Deployment", "Message", "Metadata", "MetadataType"]

NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"

_MAX_UNPACKED: Final = 50 * 1024 * 1024
_MAX_FILES: Final = 10_000
_MAX_DEPLOYMENTS: Final = 100
_MANIFESTS: Final = {"package.xml", "destructiveChanges.xml", "destructiveChangesPre.xml", "destructiveChangesPost.xml"}
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class MetadataType:
    """How files of one type of component are named: ``directory/name.suffix``."""

    name: str
    directory: str
    suffix: str
    meta_file: bool = False


# In the order in which a deployment saves them: an app before its settings, those before its policies.
_TYPES: Final = (
    MetadataType("CustomObject", "objects", "object"),
    MetadataType("ApexClass", "classes", "cls", meta_file=True),
    MetadataType("ApexTrigger", "triggers", "trigger", meta_file=True),
    MetadataType("PermissionSet", "permissionsets", "permissionset"),
    MetadataType("Profile", "profiles", "profile"),
    MetadataType("ConnectedApp", "connectedApps", "connectedApp"),
    MetadataType("ExternalClientApplication", "externalClientApps", "eca"),
    MetadataType("ExtlClntAppGlobalOauthSettings", "extlClntAppGlobalOauthSets", "ecaGlblOauth"),
    MetadataType("ExtlClntAppOauthSettings", "extlClntAppOauthSettings", "ecaOauth"),
    MetadataType("ExtlClntAppOauthConfigurablePolicies", "extlClntAppOauthPolicies", "ecaOauthPlcy"),
    MetadataType("ExtlClntAppConfigurablePolicies", "extlClntAppPolicies", "ecaPlcy"),
    MetadataType("CustomLabels", "labels", "labels"),
    MetadataType("NamedCredential", "namedCredentials", "namedCredential"),
    MetadataType("RemoteSiteSetting", "remoteSiteSettings", "remoteSite"),
    MetadataType("StaticResource", "staticresources", "resource", meta_file=True),
)
TYPES: Final = MappingProxyType({each.name: each for each in _TYPES})
_BY_DIRECTORY: Final = MappingProxyType({each.directory: each for each in _TYPES})
_ORDER: Final = {each.name: place for place, each in enumerate(_TYPES)}


class DeployProblem(Exception):
    """A component cannot be deployed; the text says why, in the words the deployment reports."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component as a file: its type, full name, place in the package, and content.

    ``meta`` is the content of the ``-meta.xml`` file beside it, where its type has one.
    """

    type: str
    full_name: str
    file_name: str
    content: bytes
    meta: bytes | None = None

    @property
    def definition(self) -> ET.Element | None:
        """The XML that describes it; code that came without a description has none."""
        return _root(self.content if self.meta is None else self.meta)


@dataclass(frozen=True, slots=True)
class Message:
    """What became of one component."""

    component_type: str
    full_name: str
    file_name: str
    problem: str | None = None
    created: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Deployment:
    """One deployment, finished as soon as it exists."""

    id: str
    user_id: str
    user_name: str
    moment: str
    check_only: bool
    rollback_on_error: bool
    components: list[Component] = field(default_factory=list)
    successes: list[Message] = field(default_factory=list)
    failures: list[Message] = field(default_factory=list)

    @property
    def status(self) -> str:
        """Succeeded, SucceededPartial or Failed."""
        if not self.failures:
            return "Succeeded"
        return "Failed" if self.rollback_on_error or not self.successes else "SucceededPartial"


DeployHandler = Callable[[Component, Deployment], None]
DeployListener = Callable[[Deployment], None]


class Metadata:
    """The components of one org.

    ``deploy_handlers`` are called, by type, with each component a deployment saves, and the deployment. They run after
    all components were found well-formed, an app before its settings; a `DeployProblem` fails the component.
    ``deployed`` are called with each deployment that saved something, once it is sure to stay.
    """

    def __init__(self, now: Callable[[], str], new_id: Callable[[str], str]) -> None:
        self._now = now
        self._new_id = new_id
        self._components: dict[tuple[str, str], Component] = {}
        self._deployments: OrderedDict[str, Deployment] = OrderedDict()
        self._retrievals: OrderedDict[str, bytes] = OrderedDict()
        self.deploy_handlers: dict[str, DeployHandler] = {}
        self.deployed: list[DeployListener] = []

    # -- components -----------------------------------------------------------------------------------------------

    def get(self, type_name: str, full_name: str) -> Component | None:
        """The component of that type and name."""
        return self._components.get((type_name, full_name))

    def of_type(self, type_name: str) -> list[Component]:
        """All components of a type, by name."""
        return [self._components[key] for key in sorted(self._components) if key[0] == type_name]

    def put(self, component: Component) -> bool:
        """Add or replace a component; return whether it is new."""
        key = (component.type, component.full_name)
        new = key not in self._components
        self._components[key] = component
        return new

    def put_definition(self, type_name: str, full_name: str, inner_xml: str) -> bool:
        """Add or replace a component given as XML without its root; return whether it is new."""
        content = f'{_DECLARATION}<{type_name} xmlns="{NAMESPACE}">{inner_xml}</{type_name}>\n'.encode()
        return self.put(Component(type_name, full_name, self._file_name(type_name, full_name), content))

    def remove(self, type_name: str, full_name: str) -> bool:
        """Delete a component; return whether it was there."""
        return self._components.pop((type_name, full_name), None) is not None

    def _file_name(self, type_name: str, full_name: str) -> str:
        known = TYPES.get(type_name)
        return f"{known.directory}/{full_name}.{known.suffix}" if known else f"{type_name}/{full_name}.xml"

    # -- deploying ------------------------------------------------------------------------------------------------

    def deploy(
        self, package: bytes, *, user_id: str, user_name: str, check_only: bool = False, rollback_on_error: bool = True
    ) -> Deployment:
        """Deploy a zip file; failures are in the deployment, which `deployment` finds again."""
        deployment = Deployment(self._new_id("0Af"), user_id, user_name, self._now(), check_only, rollback_on_error)
        self._deployments[deployment.id] = deployment
        if len(self._deployments) > _MAX_DEPLOYMENTS:
            self._deployments.popitem(last=False)
        try:
            files = _unpack(package)
        except DeployProblem as problem:
            deployment.failures.append(Message("", "package.xml", "package.xml", str(problem)))
            return deployment
        self._check(files, deployment)
        if not (check_only or (deployment.failures and rollback_on_error)):
            self._save(files, deployment)
        return deployment

    def deployment(self, deployment_id: str) -> Deployment | None:
        """The deployment of that id, in its 15- or 18-character form."""
        return next((each for key, each in self._deployments.items() if deployment_id in {key, key[:15]}), None)

    def _check(self, files: dict[str, bytes], deployment: Deployment) -> None:
        found: list[Component] = []
        for path, content in files.items():
            if path in _MANIFESTS or path.endswith("/"):
                continue
            try:
                component = _component(path, content, files)
            except DeployProblem as problem:
                deployment.failures.append(Message("", path.rpartition("/")[2], path, str(problem)))
                continue
            if component is not None:
                found.append(component)
        found.sort(key=lambda each: (_ORDER[each.type], each.full_name))
        present = {(each.type, each.full_name) for each in found}
        for type_name, member in _members(files.get("package.xml", b"")):
            if member != "*" and (type_name, member) not in present:
                missing = (
                    f"An object '{member}' of type {type_name} was named in package.xml, "
                    "but was not found in zipped directory"
                )
                deployment.failures.append(Message(type_name, member, "package.xml", missing))
        deployment.components = found
        if deployment.check_only:
            deployment.successes = [Message(each.type, each.full_name, each.file_name) for each in found]

    def _save(self, files: dict[str, bytes], deployment: Deployment) -> None:
        before = dict(self._components)
        for component in deployment.components:
            self._save_one(component, deployment)
        for manifest in sorted(_MANIFESTS - {"package.xml"}):
            for type_name, member in _members(files.get(manifest, b"")):
                if self.remove(type_name, member):
                    deployment.successes.append(Message(type_name, member, manifest, deleted=True))
        if deployment.failures and deployment.rollback_on_error:
            self._components = before
            deployment.successes.clear()
            return
        for listener in self.deployed:
            listener(deployment)

    def _save_one(self, component: Component, deployment: Deployment) -> None:
        name, full_name, path = component.type, component.full_name, component.file_name
        handler = self.deploy_handlers.get(name)
        try:
            if handler is not None:
                handler(component, deployment)
        except DeployProblem as problem:
            deployment.failures.append(Message(name, full_name, path, str(problem)))
            return
        created = self.put(component)
        deployment.successes.append(Message(name, full_name, path, created=created))

    # -- retrieving -----------------------------------------------------------------------------------------------

    def retrieve(self, wanted: Iterable[tuple[str, str]], api_version: str) -> str:
        """Pack components, named by type and name or ``*``, into a zip file; return the id to get it with."""
        found: dict[tuple[str, str], Component] = {}
        for type_name, member in wanted:
            single = self.get(type_name, member)
            for each in self.of_type(type_name) if member == "*" else [single] if single else []:
                found[each.type, each.full_name] = each
        retrieval_id = self._new_id("09S")
        self._retrievals[retrieval_id] = _pack(found.values(), api_version)
        if len(self._retrievals) > _MAX_DEPLOYMENTS:
            self._retrievals.popitem(last=False)
        return retrieval_id

    def retrieved(self, retrieval_id: str) -> bytes | None:
        """The zip file of that id."""
        return next((each for key, each in self._retrievals.items() if retrieval_id in {key, key[:15]}), None)


def _unpack(package: bytes) -> dict[str, bytes]:
    """The files of a package by their path in it; a single folder around them does not count."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            entries = archive.infolist()
            if len(entries) > _MAX_FILES or sum(each.file_size for each in entries) > _MAX_UNPACKED:
                raise DeployProblem("Maximum size of request reached.")
            # A member may have no name, and is_dir() looks at its last character.
            files = {each.filename: archive.read(each) for each in entries if each.filename and not each.is_dir()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise DeployProblem("The zip file cannot be read") from None
    if "package.xml" not in files:
        folder = next((path.rpartition("/")[0] + "/" for path in files if path.endswith("/package.xml")), "")
        files = {path.removeprefix(folder): content for path, content in files.items() if path.startswith(folder)}
    if "package.xml" not in files:
        raise DeployProblem("No package.xml found")
    if _root(files["package.xml"]) is None:
        raise DeployProblem("Error parsing file: package.xml is not well-formed XML")
    return files


def _component(path: str, content: bytes, files: dict[str, bytes]) -> Component | None:
    """The component a file holds, or ``None`` for a file that belongs to another."""
    directory, _, name = path.partition("/")
    known = _BY_DIRECTORY.get(directory)
    if known is None:
        raise DeployProblem(f"Unknown folder type: {directory}")
    plain = name.removesuffix("-meta.xml")
    if known.meta_file and name != plain:
        return None
    full_name, dot, suffix = plain.rpartition(".")
    if not dot or suffix != known.suffix or not full_name:
        raise DeployProblem(f"File name {name!r} is not of the form NAME.{known.suffix}")
    meta = files.get(f"{path}-meta.xml") if known.meta_file else None
    component = Component(known.name, full_name, path, content, meta)
    if (not known.meta_file or meta is not None) and component.definition is None:
        raise DeployProblem(f"Error parsing file: {path} is not well-formed XML")
    return component


def _members(manifest: bytes) -> Iterator[tuple[str, str]]:
    """Type and member names of a package.xml."""
    root = _root(manifest) if manifest else None
    for types in root.iter(f"{{{NAMESPACE}}}types") if root is not None else ():
        name = (types.findtext(f"{{{NAMESPACE}}}name") or "").strip()
        for member in types.iter(f"{{{NAMESPACE}}}members"):
            yield name, (member.text or "").strip()


def _root(content: bytes) -> ET.Element | None:
    if b"<!DOCTYPE" in content:
        return None
    try:
        return ET.fromstring(content)  # noqa: S314 - no document type, so no entities
    except (ET.ParseError, ValueError, LookupError):
        return None


def _pack(components: Iterable[Component], api_version: str) -> bytes:
    by_type: dict[str, list[str]] = {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in components:
            by_type.setdefault(each.type, []).append(each.full_name)
            archive.writestr(f"unpackaged/{each.file_name}", each.content)
            if each.meta is not None:
                archive.writestr(f"unpackaged/{each.file_name}-meta.xml", each.meta)
        archive.writestr("unpackaged/package.xml", _manifest(by_type, api_version))
    return out.getvalue()


def _manifest(by_type: dict[str, list[str]], api_version: str) -> str:
    types = "".join(
        "    <types>\n"
        + "".join(f"        <members>{escape(name)}</members>\n" for name in names)
        + f"        <name>{type_name}</name>\n    </types>\n"
        for type_name, names in sorted(by_type.items())
    )
    version = f"    <version>{escape(api_version)}</version>\n"
    return f'{_DECLARATION}<Package xmlns="{NAMESPACE}">\n{types}{version}</Package>\n'
