"""SFA902: a secret of the CI host, which has to be deleted there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Finding, Level, Reason, Rule
from orgkey_codemod.plain.kinds import FileKind
from orgkey_codemod.plain.settings import is_shared_with_snowflake, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey_codemod.model import Tree

__all__ = ["RULE"]

_MESSAGE: Final = (
    "the CI host keeps a secret for {key}: add SALESFORCE_CLIENT_ID and {new} there, then delete the old one"
)


def _examine(tree: Tree) -> Iterator[Finding]:
    new = "SALESFORCE_PRIVATE_KEY" if tree.options.flow.value == "jwt" else "SALESFORCE_CLIENT_SECRET"
    for setting in settings_of(tree):
        in_workflow = setting.kind is FileKind.WORKFLOW and "secrets." in setting.value
        if not in_workflow and setting.kind is not FileKind.PIPELINE:
            continue
        source = setting.source
        row = source.text[setting.start : setting.end].rstrip("\r\n")
        place = source.place(setting.start, setting.start + len(row))
        reason = Reason.AMBIGUOUS_PREFIX if is_shared_with_snowflake(tree, setting) else None
        message = _MESSAGE.format(key=setting.key, new=new)
        yield Finding("SFA902", Level.REPORT, source.path, place, message, reason)


RULE = Rule(
    code="SFA902",
    title="a CI host's secret with a password or token",
    explanation=(
        "The host (GitHub, GitLab, ...) is not asked and not changed. Each finding is one line of a checklist: add the "
        "new secrets, run the workflow, delete the old ones. Then change the password and reset the security token in "
        "Salesforce, for logs and forks may have kept them."
    ),
    examine=_examine,
)
