"""Objects and fields as a describe call shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orgkey_sim.data.schema import Field, Schema, SObject

__all__ = ["describe_global", "describe_object", "summary"]


def describe_global(schema: Schema, version: str) -> list[dict[str, Any]]:
    """All objects, by name, without their fields."""
    return [summary(each, version) for each in sorted(schema, key=lambda each: each.name)]


def summary(sobject: SObject, version: str) -> dict[str, Any]:
    """One object without its fields."""
    url = f"/services/data/v{version}/sobjects/{sobject.name}"
    return {
        "activateable": False,
        "createable": sobject.createable,
        "custom": sobject.custom,
        "customSetting": False,
        "deletable": sobject.deletable,
        "deprecatedAndHidden": False,
        "feedEnabled": False,
        "hasSubtypes": False,
        "isSubtype": False,
        "keyPrefix": sobject.key_prefix,
        "label": sobject.label,
        "labelPlural": sobject.label_plural,
        "layoutable": True,
        "mergeable": False,
        "mruEnabled": sobject.createable,
        "name": sobject.name,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": sobject.searchable,
        "triggerable": sobject.createable,
        "undeletable": sobject.deletable,
        "updateable": sobject.updateable,
        "urls": {"sobject": url, "describe": f"{url}/describe", "rowTemplate": f"{url}/{{ID}}"},
    }


def describe_object(sobject: SObject, schema: Schema, version: str) -> dict[str, Any]:
    """One object with its fields and the relationships that lead to it."""
    return {
        **summary(sobject, version),
        "actionOverrides": [],
        "childRelationships": [
            {
                "cascadeDelete": False,
                "childSObject": each.child,
                "deprecatedAndHidden": False,
                "field": each.field,
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": each.name,
                "restrictedDelete": False,
            }
            for each in schema.children(sobject.name).values()
        ],
        "fields": [_field(each, sobject) for each in sobject.fields.values()],
        "namedLayoutInfos": [],
        "recordTypeInfos": [],
        "supportedScopes": [{"label": f"All {sobject.label_plural}", "name": "everything"}],
    }


def _field(field: Field, sobject: SObject) -> dict[str, Any]:
    kind = field.kind
    return {
        "aggregatable": field.comparable,
        "autoNumber": False,
        "byteLength": field.max_length * 3 if kind.textual else field.max_length,
        "calculated": bool(field.formula),
        "caseSensitive": False,
        "createable": field.createable,
        "custom": field.custom,
        "defaultValue": field.default,
        "defaultedOnCreate": field.default is not None,
        "deprecatedAndHidden": False,
        "digits": 8 if field.type == "int" else 0,
        "externalId": field.external_id,
        "extraTypeInfo": None,
        "filterable": field.comparable,
        "groupable": field.comparable
        and kind.name not in {"datetime", "double", "currency", "percent", "multipicklist"},
        "htmlFormatted": False,
        "idLookup": field.external_id or field.type == "id",
        "inlineHelpText": None,
        "label": field.title,
        "length": field.max_length if not kind.numeric else 0,
        "name": field.name,
        "nameField": field.name == sobject.name_field,
        "nillable": not (field.required or field.type in {"boolean", "id"}),
        "permissionable": not field.required and field.createable,
        "picklistValues": [
            {"active": True, "defaultValue": each == field.default, "label": each, "validFor": None, "value": each}
            for each in field.picklist
        ],
        "polymorphicForeignKey": len(field.reference_to) > 1,
        "precision": 18 if kind.name in {"double", "currency", "percent"} else 0,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.followed_as or None,
        "restrictedPicklist": field.restricted,
        "scale": 2 if kind.name in {"double", "currency", "percent"} else 0,
        "soapType": kind.soap,
        "sortable": field.sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable,
    }
