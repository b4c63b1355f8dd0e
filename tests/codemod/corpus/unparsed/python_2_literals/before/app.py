# -*- coding: utf-8 -*-
from simple_salesforce import Salesforce

sf = Salesforce(username=ur"agent@acme.example", password='Acorn-violet-62', security_token='tokAcornViolet62')
print sf.sf_instance
