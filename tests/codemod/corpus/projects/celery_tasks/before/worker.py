from tasks import accounts, leads

print(accounts.count(), leads.count())
