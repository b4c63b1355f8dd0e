import secrets

from simple_salesforce import Salesforce


def reset(session_id, instance, user_id):
    sf = Salesforce(session_id=session_id, instance=instance)
    sf.set_password(user_id, password := secrets.token_urlsafe(12))
    return password
