from simple_salesforce import SalesforceLogin


def login(settings):
    return SalesforceLogin(consumer_key=settings.key, consumer_secret=settings.secret, domain=settings.domain)
