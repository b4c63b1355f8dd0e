"""The Metadata API over SOAP (``/services/Soap/m``): describe, list, read and write components, deploy, retrieve.

Messages follow the Metadata API Developer Guide and its WSDL. Deployments and retrievals are done when they are
answered.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from orgkey_sim import guard, soap
from orgkey_sim.api import xml
from orgkey_sim.api.resource import check_version, read_body
from orgkey_sim.data import ApiError
from orgkey_sim.data.metadata import NAMESPACE, TYPES, Component, Deployment, Message, Metadata
from orgkey_sim.visit import visit_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from starlette.requests import Request
    from starlette.responses import Response

    from orgkey_sim.data.schema import SObject
    from orgkey_sim.model import Session

__all__ = ["routes"]

_MAX_COMPONENTS: Final = 10
_TYPE_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_XSI_TYPE: Final = f"{{{xml.XSI}}}type"


@dataclass(frozen=True, slots=True)
class _Call:
    """One SOAP request: who calls, for which API version, and the operation's element."""

    session: Session
    version: str
    operation: Element

    @property
    def metadata(self) -> Metadata:
        """The org's components."""
        return self.session.org.records.metadata

    def value(self, *path: str) -> str:
        """The text down ``path``, or an empty one."""
        return xml.text_of(self.operation, *path) or ""

    def values(self, name: str) -> list[str]:
        """The texts of all direct children of that name."""
        return [(each.text or "").strip() for each in xml.children(self.operation, name)]

    def flag(self, *path: str) -> bool:
        """Whether the text down ``path`` is true; simple-salesforce writes True."""
        return self.value(*path).lower() in {"true", "1"}


_Result = Mapping[str, Any] | list[Any] | None


async def _respond(request: Request) -> Response:
    try:
        check_version(request.path_params["version"])
        envelope = xml.parse(await read_body(request))
        operation = _operation(envelope)
    except ApiError as error:
        return _fault(request, error)
    session = await guard.authenticate_soap(
        request, xml.text_of(envelope, "Header", "SessionHeader", "sessionId") or ""
    )
    try:
        result = _handler(operation)(_Call(session, request.path_params["version"], operation))
    except ApiError as error:
        return _fault(request, error)
    content = {} if result is None else {"result": result}
    return soap.answer(xml.write(f"{xml.local_name(operation)}Response", content, _DEFAULT_NAMESPACE))


def _operation(envelope: Element) -> Element:
    body = next(xml.children(envelope, "Body"), None)
    operation = next(iter(body), None) if body is not None else None
    if operation is None:
        raise ApiError(500, "soapenv:Client", "No operation in the SOAP body")
    return operation


def _handler(operation: Element) -> Callable[[_Call], _Result]:
    handler = _OPERATIONS.get(xml.local_name(operation))
    if handler is None:
        raise ApiError(500, "soapenv:Client", f"No operation available for request {operation.tag}")
    return handler


_DEFAULT_NAMESPACE: Final = f' xmlns="{NAMESPACE}"'


def _fault(request: Request, error: ApiError) -> Response:
    visit_of(request).entry.error = error.error_code
    code = "soapenv:Client" if error.error_code == "InvalidXml" else error.error_code
    return soap.fault(request.url.path, code, error.message)


# -- describing ---------------------------------------------------------------------------------------------------


def _describe(_call: _Call) -> _Result:
    return {
        "metadataObjects": [
            {
                "directoryName": each.directory,
                "inFolder": False,
                "metaFile": each.meta_file,
                "suffix": each.suffix,
                "xmlName": each.name,
            }
            for each in TYPES.values()
        ],
        "organizationNamespace": "",
        "partialSaveAllowed": True,
        "testRequired": False,
    }


def _describe_value_type(call: _Call) -> _Result:
    name = call.value("type").rpartition("}")[2]
    if name not in TYPES:
        raise ApiError(500, "INVALID_TYPE", f"The specified type is not valid: {name}")
    return {"apiCreatable": True, "apiDeletable": True, "apiReadable": True, "apiUpdatable": True}


def _list(call: _Call) -> _Result:
    found: list[Any] = []
    for query in xml.children(call.operation, "queries"):
        name = xml.text_of(query, "type") or ""
        found += [_properties(call, each) for each in call.metadata.of_type(name)]
        if name == "CustomObject":
            found += [_object_properties(call, each) for each in call.session.org.records.schema]
    return found or None


def _properties(call: _Call, component: Component) -> dict[str, Any]:
    return _file_properties(call, component.type, component.full_name, component.file_name)


def _object_properties(call: _Call, sobject: SObject) -> dict[str, Any]:
    return _file_properties(call, "CustomObject", sobject.name, f"objects/{sobject.name}.object")


def _file_properties(call: _Call, type_name: str, full_name: str, file_name: str) -> dict[str, Any]:
    user, moment = call.session.user, call.session.org.records.now()
    return {
        "createdById": user.id,
        "createdByName": user.name,
        "createdDate": moment,
        "fileName": file_name,
        "fullName": full_name,
        "id": "",
        "lastModifiedById": user.id,
        "lastModifiedByName": user.name,
        "lastModifiedDate": moment,
        "manageableState": "unmanaged",
        "type": type_name,
    }


# -- components one by one ------------------------------------------------------------------------------------------


def _read(call: _Call) -> _Result:
    type_name = call.value("type")
    return {"records": [_record(call, type_name, name) for name in _limited(call.values("fullNames"))]}


def _record(call: _Call, type_name: str, full_name: str) -> xml.Raw:
    component = call.metadata.get(type_name, full_name)
    if component is None:
        return xml.Raw('<records xsi:nil="true"/>')
    inner = _inner(component)
    name = xml.write("fullName", full_name)
    return xml.Raw(f'<records xsi:type="{type_name}">{name}{inner}</records>')


def _inner(component: Component) -> str:
    definition = component.definition
    return "" if definition is None else xml.inner(definition)


def _create(call: _Call) -> _Result:
    def create(type_name: str, full_name: str, inner: str) -> dict[str, Any]:
        if call.metadata.get(type_name, full_name) is not None:
            raise ApiError(500, "DUPLICATE_DEVELOPER_NAME", f"The {type_name} {full_name} already exists", ())
        call.metadata.put_definition(type_name, full_name, inner)
        return {}

    return _each_component(call, create)


def _update(call: _Call) -> _Result:
    def update(type_name: str, full_name: str, inner: str) -> dict[str, Any]:
        _existing(call, type_name, full_name)
        call.metadata.put_definition(type_name, full_name, inner)
        return {}

    return _each_component(call, update)


def _upsert(call: _Call) -> _Result:
    def upsert(type_name: str, full_name: str, inner: str) -> dict[str, Any]:
        return {"created": call.metadata.put_definition(type_name, full_name, inner)}

    return _each_component(call, upsert)


def _each_component(call: _Call, save: Callable[[str, str, str], dict[str, Any]]) -> list[Any]:
    results: list[Any] = []
    for element in _limited(list(xml.children(call.operation, "metadata"))):
        type_name = (element.get(_XSI_TYPE) or "").rpartition(":")[2]
        if not _TYPE_NAME.fullmatch(type_name):
            raise ApiError(500, "INVALID_TYPE", f"Unknown metadata type: {type_name}")
        full_name = xml.text_of(element, "fullName") or ""
        inner = xml.inner(element, without="fullName")
        results.append(_saved(full_name, lambda t=type_name, f=full_name, i=inner: save(t, f, i)))  # type: ignore[misc]
    return results


def _saved(full_name: str, save: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        extra = save()
    except ApiError as error:
        problem = {"message": error.message, "statusCode": error.error_code}
        return {"errors": [problem], "fullName": full_name, "success": False}
    return {**extra, "fullName": full_name, "success": True}


def _delete(call: _Call) -> _Result:
    def delete(full_name: str) -> dict[str, Any]:
        _existing(call, call.value("type"), full_name)
        call.metadata.remove(call.value("type"), full_name)
        return {}

    names = _limited(call.values("fullNames"))
    return [_saved(name, lambda name=name: delete(name)) for name in names]  # type: ignore[misc]


def _rename(call: _Call) -> _Result:
    type_name, old, new = call.value("type"), call.value("oldFullName"), call.value("newFullName")

    def rename() -> dict[str, Any]:
        component = _existing(call, type_name, old)
        call.metadata.put_definition(type_name, new, _inner(component))
        call.metadata.remove(type_name, old)
        return {}

    return _saved(old, rename)


def _existing(call: _Call, type_name: str, full_name: str) -> Component:
    component = call.metadata.get(type_name, full_name)
    if component is None:
        message = f"In field: fullName - no {type_name} named {full_name} found"
        raise ApiError(500, "INVALID_CROSS_REFERENCE_KEY", message, ())
    return component


def _limited(items: list[Any]) -> list[Any]:
    if len(items) > _MAX_COMPONENTS:
        raise ApiError(500, "LIMIT_EXCEEDED", f"Maximum number of components is {_MAX_COMPONENTS}")
    return items


# -- deploying and retrieving -----------------------------------------------------------------------------------------


def _deploy(call: _Call) -> _Result:
    try:
        package = base64.b64decode(call.value("ZipFile"), validate=False)
    except (binascii.Error, ValueError):
        raise ApiError(500, "INVALID_OPERATION", "ZipFile is not base64") from None
    user = call.session.user
    deployment = call.metadata.deploy(
        package,
        user_id=user.id,
        user_name=user.name,
        check_only=call.flag("DeployOptions", "checkOnly"),
        rollback_on_error=call.flag("DeployOptions", "rollbackOnError"),
    )
    return {"done": False, "id": deployment.id, "state": "Queued"}


def _check_deploy(call: _Call) -> _Result:
    deployment = call.metadata.deployment(call.value("asyncProcessId"))
    if deployment is None:
        raise ApiError(500, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    details: dict[str, Any] = {"runTestResult": {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0}}
    if call.flag("includeDetails"):
        details = {
            "componentFailures": [_message(each, deployment) for each in deployment.failures],
            "componentSuccesses": [_message(each, deployment) for each in deployment.successes],
            **details,
        }
    failed = len(deployment.failures)
    return {
        "checkOnly": deployment.check_only,
        "completedDate": deployment.moment,
        "createdBy": deployment.user_id,
        "createdByName": deployment.user_name,
        "createdDate": deployment.moment,
        "details": details,
        "done": True,
        "id": deployment.id,
        "ignoreWarnings": False,
        "lastModifiedDate": deployment.moment,
        "numberComponentErrors": failed,
        "numberComponentsDeployed": len(deployment.successes),
        "numberComponentsTotal": len(deployment.components) or failed,
        "numberTestErrors": 0,
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
        "rollbackOnError": deployment.rollback_on_error,
        "runTestsEnabled": False,
        "startDate": deployment.moment,
        "status": deployment.status,
        "success": not deployment.failures,
    }


def _message(message: Message, deployment: Deployment) -> dict[str, Any]:
    problem = {"problem": message.problem, "problemType": "Error"} if message.problem else {}
    return {
        "changed": message.problem is None,
        "componentType": message.component_type,
        "created": message.created,
        "createdDate": deployment.moment,
        "deleted": message.deleted,
        "fileName": message.file_name,
        "fullName": message.full_name,
        **problem,
        "success": message.problem is None,
    }


def _cancel(call: _Call) -> _Result:
    raise ApiError(500, "INVALID_ID_FIELD", f"Deployment {call.value('String')} is finished and cannot be cancelled")


def _retrieve(call: _Call) -> _Result:
    request = next(xml.children(call.operation, "retrieveRequest"), None)
    unpackaged = next(xml.children(request, "unpackaged"), None) if request is not None else None
    wanted = [
        (xml.text_of(types, "name") or "", (member.text or "").strip())
        for types in (xml.children(unpackaged, "types") if unpackaged is not None else ())
        for member in xml.children(types, "members")
    ]
    retrieval_id = call.metadata.retrieve(wanted, call.version)
    return {"done": False, "id": retrieval_id, "state": "Queued"}


def _check_retrieve(call: _Call) -> _Result:
    retrieval_id = call.value("asyncProcessId")
    package = call.metadata.retrieved(retrieval_id)
    if package is None:
        raise ApiError(500, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    wanted = call.value("includeZip").lower() != "false"
    content = base64.b64encode(package).decode() if wanted else ""
    return {"done": True, "id": retrieval_id, "status": "Succeeded", "success": True, "zipFile": content}


_OPERATIONS: Final[Mapping[str, Callable[[_Call], _Result]]] = {
    "describeMetadata": _describe,
    "describeValueType": _describe_value_type,
    "listMetadata": _list,
    "readMetadata": _read,
    "createMetadata": _create,
    "updateMetadata": _update,
    "upsertMetadata": _upsert,
    "deleteMetadata": _delete,
    "renameMetadata": _rename,
    "deploy": _deploy,
    "checkDeployStatus": _check_deploy,
    "cancelDeploy": _cancel,
    "retrieve": _retrieve,
    "checkRetrieveStatus": _check_retrieve,
}

routes: list[Route] = [
    Route("/services/Soap/m/{version}", _respond, methods=["POST"]),
    Route("/services/Soap/m/{version}/{rest:path}", _respond, methods=["POST"]),
]
