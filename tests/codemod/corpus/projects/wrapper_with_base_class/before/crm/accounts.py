from crm.base import Repository


class Accounts(Repository):
    object_name = "Account"
