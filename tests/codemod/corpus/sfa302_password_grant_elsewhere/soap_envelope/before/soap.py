import os

import requests

ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n1="urn:partner.soap.sforce.com">
  <env:Body><n1:login><n1:username>{}</n1:username><n1:password>{}</n1:password></n1:login></env:Body>
</env:Envelope>"""

answer = requests.post(
    "https://login.salesforce.com/services/Soap/u/58.0",
    data=ENVELOPE.format(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"] + os.environ["SF_TOKEN"]),
    headers={"SOAPAction": "login", "Content-Type": "text/xml"},
    timeout=30,
)
