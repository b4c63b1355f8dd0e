"""What ``columns=true`` answers: the columns a query would have, without running it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orgkey_sim.data.schema import Field
    from orgkey_sim.data.soql.compiler import Node, Statement

__all__ = ["describe_columns"]


def describe_columns(statement: Statement) -> dict[str, Any]:
    """The column metadata of a compiled query (``/query?q=...&columns=true``)."""
    root = statement.root
    return {
        "columnMetadata": _columns(root, aggregate=statement.kind == "groups"),
        "entityName": root.sobject.name,
        "groupBy": bool(statement.query.group_by),
        "idSelected": any(field.type == "id" for _, _, field in root.columns),
        "keyPrefix": root.sobject.key_prefix,
    }


def _columns(node: Node, *, aggregate: bool) -> list[dict[str, Any]]:
    own = [_column(name, field, aggregate=aggregate) for name, _, field in node.columns]
    parents = [_joined(name, each.sobject.name, _columns(each, aggregate=False)) for name, each in node.parents.items()]
    children = [
        _joined(each.name, each.statement.root.sobject.name, _columns(each.statement.root, aggregate=False), many=True)
        for each in node.children
    ]
    return own + parents + children


def _column(name: str, field: Field, *, aggregate: bool) -> dict[str, Any]:
    return _entry(
        name,
        field.title,
        aggregate=aggregate,
        apexType=field.kind.apex,
        booleanType=field.type == "boolean",
        custom=field.custom,
        insertable=field.createable,
        numberType=field.kind.numeric,
        textType=field.kind.textual,
        updatable=field.updateable,
    )


def _joined(name: str, target: str, columns: list[dict[str, Any]], *, many: bool = False) -> dict[str, Any]:
    apex = f"List<{target}>" if many else target
    return _entry(name, name, aggregate=many, apexType=apex, joinColumns=columns)


def _entry(name: str, title: str, **settings: object) -> dict[str, Any]:
    plain: dict[str, object] = {
        "aggregate": False,
        "apexType": None,
        "booleanType": False,
        "columnName": name,
        "custom": False,
        "displayName": title,
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": False,
        "textType": False,
        "updatable": False,
    }
    return plain | settings
