from types import SimpleNamespace

from crm.client import CrmClient

client = CrmClient(SimpleNamespace(user="agent@acme.example", password=None, token=None))
