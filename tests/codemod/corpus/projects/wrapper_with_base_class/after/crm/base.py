from orgkey_simple_salesforce import Salesforce


class Repository:
    object_name = None

    def __init__(self, settings):
        self.sf = Salesforce(
            username=settings["username"],
            version=settings.get("version", "58.0"),
        )

    def first(self):
        return self.sf.query(f"SELECT Id FROM {self.object_name} LIMIT 1")["records"]
