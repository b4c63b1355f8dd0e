# -*- coding: shift_jis -*-
import os

from simple_salesforce import Salesforce

# 取引先の一覧表
sf = Salesforce(username=os.environ["SF_USERNAME"], password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
print("表示", sf.query("SELECT Id FROM Account LIMIT 1")["totalSize"])
