"""Everything about the CRM."""

from orgkey_simple_salesforce import Salesforce

__all__ = ["Salesforce"]
