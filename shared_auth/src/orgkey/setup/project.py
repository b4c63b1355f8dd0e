"""The Salesforce DX project of one app: its components, manifest and project file, and the zip that a deploy takes."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Final

from orgkey.errors import ConfigError
from orgkey.setup.component import Component, manifest
from orgkey.setup.connected_app import connected_app
from orgkey.setup.external_client_app import external_client_app

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orgkey.setup.plan import SetupPlan

__all__ = ["components", "deployable_zip", "project_files"]

_PACKAGE: Final = "force-app"
_SOURCE: Final = f"{_PACKAGE}/main/default"
_MANIFEST: Final = "manifest/package.xml"


def components(plan: SetupPlan, certificate: str | None) -> list[Component]:
    """All components: the app, and the permission set whose holders may use it."""
    app = connected_app if plan.kind == "connected-app" else external_client_app
    return [_permission_set(plan), *app(plan, certificate)]


def project_files(plan: SetupPlan, certificate: str | None) -> Mapping[str, str]:
    """The project's files by their path in it."""
    parts = components(plan, certificate)
    project = {
        "packageDirectories": [{"path": _PACKAGE, "default": True}],
        "name": plan.slug,
        "sourceApiVersion": plan.api_version,
    }
    return {
        "sfdx-project.json": json.dumps(project, indent=2) + "\n",
        _MANIFEST: manifest(parts, plan.api_version),
        **{f"{_SOURCE}/{part.path}": part.xml() for part in parts},
    }


def deployable_zip(project: Path) -> bytes:
    """The project at ``project`` as the Metadata API's deploy() takes it: package.xml, and files without ``-meta.xml``.

    Raises :class:`~orgkey.errors.ConfigError` where there is no such project.
    """
    source = project / _SOURCE
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("package.xml", (project / _MANIFEST).read_bytes())
            for path in sorted(source.glob("*/*-meta.xml")):
                name = path.relative_to(source).as_posix().removesuffix("-meta.xml")
                archive.writestr(name, path.read_bytes())
    except OSError as error:
        raise ConfigError(
            f"{project} holds no project that orgkey setup made: {error.filename} cannot be read ({error.strerror})."
        ) from None
    return out.getvalue()


def _permission_set(plan: SetupPlan) -> Component:
    """Who may use the app. API Enabled, and no permission on any object: those belong to the user's own job."""
    return Component(
        "PermissionSet",
        plan.permission_set,
        {
            "description": f"May use the app {plan.label}",
            "hasActivationRequired": False,
            "label": f"{plan.label} Access",
            "userPermissions": {"enabled": True, "name": "ApiEnabled"},
        },
    )
