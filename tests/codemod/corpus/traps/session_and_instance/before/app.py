from simple_salesforce import Salesforce


def client(session_id, instance):
    return Salesforce(session_id=session_id, instance=instance)
