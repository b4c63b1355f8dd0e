from simple_salesforce import SFType


def contact(session_id, instance):
    return SFType("Contact", session_id, instance)
