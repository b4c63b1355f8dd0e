"""The objects every org starts with: those agents read and write, and those clients query while logging in.

Names, types and lengths follow the Object Reference for the Salesforce Platform; fields few clients use are left out.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from orgkey_sim.data.schema import Field, SObject

__all__ = ["STANDARD_OBJECTS"]


def _text(name: str, length: int = 255, *, required: bool = False, lookup_by: bool = False) -> Field:
    return Field(name, length=length, required=required, lookup_by=lookup_by)


def _pick(name: str, *values: str, default: str | None = None, required: bool = False) -> Field:
    return Field(name, "picklist", picklist=values, default=default, required=required)


def _lookup(name: str, *targets: str, children: str = "", required: bool = False, updateable: bool = True) -> Field:
    return Field(
        name, "reference", reference_to=targets, child_relationship=children, required=required, updateable=updateable
    )


def _read_only(name: str, kind: str, *, formula: str = "", length: int | None = None, default: object = None) -> Field:
    return Field(name, kind, createable=False, updateable=False, formula=formula, length=length, default=default)


def _address(prefix: str) -> tuple[Field, ...]:
    return (
        Field(f"{prefix}Street", "textarea", length=255),
        _text(f"{prefix}City", 40),
        _text(f"{prefix}State", 80),
        _text(f"{prefix}PostalCode", 20),
        _text(f"{prefix}Country", 80),
    )


def _person_name() -> tuple[Field, ...]:
    return (
        _text("LastName", 80, required=True, lookup_by=True),
        _text("FirstName", 40),
        _read_only("Name", "string", length=121, formula=_FULL_NAME),
    )


_FULL_NAME: Final = """ltrim(ifnull("FirstName", '') || ' ') || ifnull("LastName", '')"""
_EXTERNAL_ID: Final = Field("External_Id__c", label="External Id", length=64, external_id=True)
_LEAD_SOURCES: Final = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
_INDUSTRIES: Final = ("Agriculture", "Banking", "Consulting", "Education", "Energy", "Technology", "Transportation")
_STAGES: Final = (
    "Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Proposal/Price Quote",
    "Negotiation/Review", "Closed Won", "Closed Lost",
)  # fmt: skip

_OBJECTS: Final = (
    SObject.of(
        "Account",
        "001",
        [
            _text("Name", required=True, lookup_by=True),
            _pick("Type", "Prospect", "Customer - Direct", "Customer - Channel", "Technology Partner", "Other"),
            _lookup("ParentId", "Account", children="ChildAccounts"),
            *_address("Billing"),
            *_address("Shipping"),
            Field("Phone", "phone", length=40),
            Field("Website", "url"),
            _text("AccountNumber", 40),
            _text("Site", 80),
            _pick("Industry", *_INDUSTRIES),
            Field("AnnualRevenue", "currency"),
            Field("NumberOfEmployees", "int"),
            Field("Description", "textarea"),
            _pick("AccountSource", *_LEAD_SOURCES),
            _EXTERNAL_ID,
        ],
    ),
    SObject.of(
        "Contact",
        "003",
        [
            _lookup("AccountId", "Account", children="Contacts"),
            *_person_name(),
            _pick("Salutation", "Mr.", "Ms.", "Mrs.", "Dr.", "Prof."),
            *_address("Mailing"),
            Field("Phone", "phone", length=40),
            Field("MobilePhone", "phone", length=40),
            Field("Email", "email", lookup_by=True),
            _text("Title", 128),
            _text("Department", 80),
            _lookup("ReportsToId", "Contact"),
            _pick("LeadSource", *_LEAD_SOURCES),
            Field("Birthdate", "date"),
            Field("Description", "textarea"),
            Field("DoNotCall", "boolean", default=False),
            Field("HasOptedOutOfEmail", "boolean", default=False),
            _EXTERNAL_ID,
        ],
    ),
    SObject.of(
        "Lead",
        "00Q",
        [
            *_person_name(),
            _text("Company", required=True),
            _text("Title", 128),
            *_address(""),
            Field("Phone", "phone", length=40),
            Field("Email", "email", lookup_by=True),
            Field("Website", "url"),
            _pick("LeadSource", *_LEAD_SOURCES),
            _pick("Industry", *_INDUSTRIES),
            _pick(
                "Status",
                "Open - Not Contacted",
                "Working - Contacted",
                "Closed - Converted",
                "Closed - Not Converted",
                default="Open - Not Contacted",
            ),
            _pick("Rating", "Hot", "Warm", "Cold"),
            Field("AnnualRevenue", "currency"),
            Field("Description", "textarea"),
            _read_only("IsConverted", "boolean", default=False),
        ],
    ),
    SObject.of(
        "Opportunity",
        "006",
        [
            _text("Name", 120, required=True),
            _lookup("AccountId", "Account", children="Opportunities"),
            _pick("StageName", *_STAGES, required=True),
            Field("CloseDate", "date", required=True),
            Field("Amount", "currency"),
            Field("Probability", "percent"),
            _text("NextStep"),
            _pick("Type", "Existing Customer - Upgrade", "New Customer"),
            _pick("LeadSource", *_LEAD_SOURCES),
            Field("Description", "textarea"),
            _read_only("IsClosed", "boolean", formula=""" "StageName" IN ('Closed Won', 'Closed Lost') """),
            _read_only("IsWon", "boolean", formula=""" "StageName" = 'Closed Won' """),
        ],
        label_plural="Opportunities",
    ),
    SObject.of(
        "Case",
        "500",
        [
            _read_only("CaseNumber", "string", length=30, formula="printf('%08d', _n + 1000)"),
            _lookup("ContactId", "Contact", children="Cases"),
            _lookup("AccountId", "Account", children="Cases"),
            _text("Subject"),
            Field("Description", "textarea"),
            _pick("Status", "New", "Working", "Escalated", "Closed", default="New"),
            _pick("Priority", "High", "Medium", "Low", default="Medium"),
            _pick("Origin", "Phone", "Email", "Web"),
            _pick("Type", "Problem", "Feature Request", "Question"),
            Field("SuppliedEmail", "email"),
            _read_only("IsClosed", "boolean", formula=""" "Status" = 'Closed' """),
            Field("ClosedDate", "datetime", createable=False, updateable=False),
        ],
        name_field="CaseNumber",
    ),
    SObject.of(
        "Task",
        "00T",
        [
            _lookup("WhoId", "Contact", "Lead", children="Tasks"),
            _lookup("WhatId", "Account", "Opportunity", "Case", children="Tasks"),
            Field("Subject", "combobox"),
            Field("ActivityDate", "date"),
            _pick(
                "Status",
                "Not Started",
                "In Progress",
                "Completed",
                "Waiting on someone else",
                "Deferred",
                default="Not Started",
            ),
            _pick("Priority", "High", "Normal", "Low", default="Normal"),
            Field("Description", "textarea"),
            _read_only("IsClosed", "boolean", formula=""" "Status" = 'Completed' """),
        ],
        name_field="Subject",
    ),
    SObject.of(
        "Event",
        "00U",
        [
            _lookup("WhoId", "Contact", "Lead", children="Events"),
            _lookup("WhatId", "Account", "Opportunity", "Case", children="Events"),
            Field("Subject", "combobox"),
            _text("Location"),
            Field("StartDateTime", "datetime"),
            Field("EndDateTime", "datetime"),
            Field("DurationInMinutes", "int"),
            Field("Description", "textarea"),
        ],
        name_field="Subject",
    ),
    SObject.of(
        "Campaign",
        "701",
        [
            _text("Name", 80, required=True),
            Field("IsActive", "boolean", default=False),
            _pick("Type", "Email", "Webinar", "Other"),
            _pick("Status", "Planned", "In Progress", "Completed", default="Planned"),
            Field("StartDate", "date"),
            Field("EndDate", "date"),
        ],
    ),
    SObject.of(
        "Product2",
        "01t",
        [
            _text("Name", required=True),
            _text("ProductCode"),
            Field("Description", "textarea"),
            Field("IsActive", "boolean", default=False),
        ],
        owned=False,
        label="Product",
    ),
    SObject.of(
        "User",
        "005",
        [
            _text("Username", 80, required=True),
            *_person_name(),
            Field("Email", "email", length=128, required=True),
            _text("Alias", 8),
            _text("Title", 80),
            _text("Department", 80),
            Field("IsActive", "boolean", default=True),
            _lookup("ProfileId", "Profile", children="Users"),
            _pick("UserType", "Standard", default="Standard"),
            _pick("TimeZoneSidKey", default="GMT"),
            _pick("LocaleSidKey", default="en_US"),
            _pick("LanguageLocaleKey", default="en_US"),
            _pick("EmailEncodingKey", default="UTF-8"),
            Field("LastLoginDate", "datetime", createable=False, updateable=False),
            Field("FederationIdentifier", length=512),
        ],
        owned=False,
    ),
    SObject.of(
        "Profile", "00e", [_text("Name", required=True), _pick("UserType", "Standard", default="Standard")], owned=False
    ),
    SObject.of(
        "PermissionSet",
        "0PS",
        [
            _text("Name", 80, required=True),
            _text("Label", 80),
            Field("IsOwnedByProfile", "boolean", default=False),
        ],
        owned=False,
    ),
    SObject.of(
        "PermissionSetAssignment",
        "0Pa",
        [
            _lookup("PermissionSetId", "PermissionSet", children="Assignments", required=True),
            _lookup("AssigneeId", "User", children="PermissionSetAssignments", required=True),
        ],
        owned=False,
        name_field="Id",
    ),
    SObject.of(
        "Organization",
        "00D",
        [
            _text("Name", 80),
            _text("OrganizationType", 40),
            _text("InstanceName", 5),
            Field("IsSandbox", "boolean", default=False),
            Field("TrialExpirationDate", "datetime"),
            _text("NamespacePrefix", 15),
            _text("LanguageLocaleKey", 40),
            _text("DefaultLocaleSidKey", 40),
            _text("TimeZoneSidKey", 40),
            _text("PrimaryContact", 80),
            *_address(""),
        ],
        owned=False,
        read_only=True,
    ),
    SObject.of(
        "LoginHistory",
        "0Ya",
        [
            _lookup("UserId", "User"),
            Field("LoginTime", "datetime"),
            _text("LoginType", 40),
            _text("SourceIp", 39),
            _text("Status", 128),
            _text("Application", 100),
            _text("ClientVersion", 100),
            _text("ApiType", 40),
            _text("LoginUrl", 128),
        ],
        owned=False,
        read_only=True,
        name_field="Id",
        label_plural="Login History",
    ),
    # What Salesforce works out for each question is here what somebody put in beforehand.
    SObject.of(
        "UserRecordAccess",
        "0UR",
        [
            _lookup("UserId", "User"),
            _text("RecordId", 18),
            Field("HasReadAccess", "boolean", default=False),
            Field("HasEditAccess", "boolean", default=False),
            Field("HasDeleteAccess", "boolean", default=False),
            Field("HasTransferAccess", "boolean", default=False),
            _text("MaxAccessLevel", 40),
        ],
        owned=False,
        read_only=True,
        name_field="Id",
    ),
    SObject.of(
        "UserLogin",
        "0Yw",
        [
            _lookup("UserId", "User"),
            Field("IsFrozen", "boolean", default=False),
            Field("IsPasswordLocked", "boolean", default=False),
        ],
        owned=False,
        name_field="Id",
    ),
    SObject.of(
        "OauthToken",
        "0CQ",
        [
            _text("AppName"),
            _lookup("UserId", "User"),
            Field("UseCount", "int"),
            Field("LastUsedDate", "datetime"),
        ],
        owned=False,
        read_only=True,
        name_field="AppName",
    ),
    SObject.of(
        "ConnectedApplication",
        "0H4",
        [_text("Name"), Field("OptionsAllowAdminApprovedUsersOnly", "boolean", default=False)],
        owned=False,
    ),
    SObject.of(
        "ExternalClientApplication",
        "0xI",
        [_text("Name"), _text("DeveloperName", 80)],
        owned=False,
    ),
    SObject.of(
        "ContentDocument",
        "069",
        [
            _text("Title", required=True),
            _text("FileType", 20),
            _text("FileExtension", 40),
            Field("ContentSize", "int"),
            Field(
                "LatestPublishedVersionId",
                "reference",
                reference_to=("ContentVersion",),
                relationship="LatestPublishedVersion",
            ),
        ],
        name_field="Title",
    ),
    SObject.of(
        "ContentVersion",
        "068",
        [
            _lookup("ContentDocumentId", "ContentDocument", children="ContentVersions", updateable=False),
            _text("Title"),
            _text("PathOnClient", 500),
            Field("VersionData", "base64"),
            _read_only("FileType", "string", length=20),
            _read_only("FileExtension", "string", length=40),
            _read_only("ContentSize", "int"),
            _read_only("IsLatest", "boolean", default=True),
            _read_only("VersionNumber", "string", length=20, default="1"),
            Field("Description", "textarea", length=1000),
            _lookup("FirstPublishLocationId", "Account", "Contact", "Opportunity", "Case", "User", updateable=False),
        ],
        name_field="Title",
    ),
    SObject.of(
        "ContentDocumentLink",
        "06A",
        [
            _lookup(
                "LinkedEntityId",
                "Account",
                "Contact",
                "Opportunity",
                "Case",
                "User",
                children="ContentDocumentLinks",
                required=True,
            ),
            _lookup("ContentDocumentId", "ContentDocument", children="ContentDocumentLinks", required=True),
            _pick("ShareType", "V", "C", "I", default="V"),
            _pick("Visibility", "AllUsers", "InternalUsers", default="AllUsers"),
        ],
        owned=False,
        name_field="Id",
        searchable=False,
    ),
    SObject.of(
        "Attachment",
        "00P",
        [
            _lookup("ParentId", "Account", "Contact", "Opportunity", "Case", children="Attachments", required=True),
            _text("Name", required=True),
            _text("ContentType", 120),
            Field("Body", "base64", required=True),
            _read_only("BodyLength", "int"),
        ],
    ),
    SObject.of(
        "ApexClass",
        "01p",
        [
            _text("Name", required=True),
            Field("Body", "textarea", length=1_000_000),
            Field("ApiVersion", "double"),
            _pick("Status", "Active", default="Active"),
            _text("NamespacePrefix", 15),
        ],
        owned=False,
    ),
)

STANDARD_OBJECTS: Final = MappingProxyType({each.name.lower(): each for each in _OBJECTS})
