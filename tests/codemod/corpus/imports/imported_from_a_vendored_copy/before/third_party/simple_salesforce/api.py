class Salesforce:
    def __init__(self, username=None, password=None, security_token=None, domain="login"):
        self.username, self.domain = username, domain
