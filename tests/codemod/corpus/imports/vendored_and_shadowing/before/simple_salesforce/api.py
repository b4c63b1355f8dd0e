class Salesforce(object):
    def __init__(self, username, password, security_token, proxies=None):
        self.auth = (username, password + security_token)
