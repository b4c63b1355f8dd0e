from salesforce_bulk import SalesforceBulk


def bulk(session_id, host):
    return SalesforceBulk(sessionId=session_id, host=host)
