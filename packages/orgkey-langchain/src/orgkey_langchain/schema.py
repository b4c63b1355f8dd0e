"""What a model is told of SalesforceTool: name, description and arguments, as langchain-salesforce 0.2.2 words them."""

from __future__ import annotations

from inspect import Parameter, Signature, signature
from typing import Any, Final, Optional

from pydantic import BaseModel, Field

__all__ = ["DESCRIPTION", "NAME", "SalesforceQueryInput"]

NAME: Final = "salesforce"
DESCRIPTION: Final = (
    "Tool for interacting with Salesforce CRM. Can query records, describe object schemas, list available objects, get "
    "field metadata, and perform create/update/delete operations."
)


class SalesforceQueryInput(BaseModel):
    """Input schema for Salesforce query operations."""

    operation: str = Field(
        ...,
        description=(
            "The operation to perform: 'query' (SOQL query), 'describe' (get object schema), 'list_objects' (get "
            "available objects), 'create', 'update', 'delete', or 'get_field_metadata'"
        ),
    )
    object_name: Optional[str] = Field(  # noqa: UP045  # as it was written there, for the same schema on every version
        None, description="The Salesforce object name (e.g., 'Contact', 'Account', 'Lead')"
    )
    query: Optional[str] = Field(None, description="The SOQL query string for 'query' operation")  # noqa: UP045
    record_data: Optional[dict[str, Any]] = Field(  # noqa: UP045
        None, description="Data for create/update operations as key-value pairs"
    )
    record_id: Optional[str] = Field(None, description="Salesforce record ID for update/delete operations")  # noqa: UP045
    field_name: Optional[str] = Field(None, description="The field name for 'get_field_metadata' operation")  # noqa: UP045


# LangChain reads this signature twice in every call, to find annotations of arguments that are not the model's. There
# are none, and an Optional takes it long. The schema is made of the fields above; a subclass has its own signature.
SalesforceQueryInput.__signature__ = Signature(
    [each.replace(annotation=Parameter.empty) for each in signature(SalesforceQueryInput).parameters.values()]
)
