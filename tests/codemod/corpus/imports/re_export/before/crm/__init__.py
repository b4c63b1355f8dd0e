"""Everything about the CRM."""

from simple_salesforce import Salesforce

__all__ = ["Salesforce"]
