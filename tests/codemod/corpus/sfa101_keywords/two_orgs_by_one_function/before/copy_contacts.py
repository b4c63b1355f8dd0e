import os

from crm import connect

source = connect(os.environ["SRC_USER"], os.environ["SRC_PASSWORD"])
target = connect(os.environ["DST_USER"], os.environ["DST_PASSWORD"])
for record in source.query_all("SELECT LastName FROM Contact")["records"]:
    target.Contact.create({"LastName": record["LastName"]})
