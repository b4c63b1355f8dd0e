import os

from crm.accounts import Accounts

accounts = Accounts({
    "username": os.environ["SF_USERNAME"],
    "password": os.environ["SF_PASSWORD"],
    "token": os.environ["SF_TOKEN"],
})
print(accounts.first())
