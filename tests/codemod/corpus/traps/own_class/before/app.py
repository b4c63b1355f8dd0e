class Salesforce:
    """The sales team's task force."""

    def __init__(self, username, password, security_token):
        self.members = [username]


force = Salesforce(username="ann", password="n/a", security_token="n/a")
