from salesforce_bulk import SalesforceBulk

bulk = SalesforceBulk(username=config.user, password=config.password)
if bulk.endpoint <> "":
    exec "import pprint"
