from simple_salesforce import Salesforce


class CrmClient(Salesforce):
    def __init__(self, settings):
        super().__init__(username=settings.user, password=settings.password, security_token=settings.token)
