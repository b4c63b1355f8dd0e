"""What a file is for, told by its name: who may edit it depends on that."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import PurePosixPath

__all__ = ["FileKind", "kind_of"]


class FileKind(Enum):
    """Kinds of files that name environment variables or hold secrets."""

    EXAMPLE = "an example of a .env file"
    DOTENV = "a .env file"
    COMPOSE = "a compose file"
    WORKFLOW = "a GitHub workflow"
    PIPELINE = "the pipeline of another host"
    DOCUMENT = "a document"
    OTHER = "settings that something else reads"


_EXAMPLE: Final = re.compile(r"\.(example|sample|template|tmpl|dist|defaults?)(\.|$)|(^|[._-])(example|sample)[._-]")
_DOTENV: Final = re.compile(r"^\.env(\..+|rc)?$|\.env$|^env\.(example|sample|template|dist)$")
_COMPOSE: Final = re.compile(r"^(docker-)?compose([._-].*)?\.ya?ml$")
_PIPELINES: Final = re.compile(
    r"(^|/)(\.gitlab-ci\.ya?ml|bitbucket-pipelines\.ya?ml|azure-pipelines.*\.ya?ml|\.travis\.ya?ml|Jenkinsfile"
    r"|\.circleci/config\.ya?ml|\.drone\.ya?ml|buildspec.*\.ya?ml|cloudbuild\.ya?ml)$"
)
_WORKFLOW: Final = re.compile(r"(^|/)\.github/(workflows|actions)/.*\.ya?ml$")
_DOCUMENTS: Final = frozenset({".md", ".markdown", ".mdx", ".rst", ".adoc"})
_SETTINGS: Final = frozenset(
    {
        *(".yml", ".yaml", ".json", ".toml", ".ini", ".cfg", ".conf", ".properties", ".env"),
        *(".tf", ".tfvars", ".hcl", ".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".service"),
    }
)
_NAMED: Final = re.compile(r"^(Dockerfile|Containerfile|Procfile|Makefile|Justfile)(\..*)?$", re.IGNORECASE)


def kind_of(path: PurePosixPath) -> FileKind | None:
    """The kind of a file; None for code, manifests and what else holds no settings."""
    name, whole = path.name, path.as_posix()
    if _DOTENV.search(name):
        return FileKind.EXAMPLE if _EXAMPLE.search(name) else FileKind.DOTENV
    if path.suffix.lower() in _DOCUMENTS:
        return FileKind.DOCUMENT
    for pattern, kind in ((_WORKFLOW, FileKind.WORKFLOW), (_PIPELINES, FileKind.PIPELINE)):
        if pattern.search(whole):
            return kind
    if _COMPOSE.match(name):
        return FileKind.COMPOSE
    return FileKind.OTHER if path.suffix.lower() in _SETTINGS or _NAMED.match(name) else None
