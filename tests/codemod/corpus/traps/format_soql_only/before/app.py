from simple_salesforce import format_soql


def by_name(name):
    return format_soql("SELECT Id FROM Account WHERE Name = {}", name)
