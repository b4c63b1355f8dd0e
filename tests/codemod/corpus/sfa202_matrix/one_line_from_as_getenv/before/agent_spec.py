import os
import sys

from llama_index.tools.salesforce import SalesforceToolSpec as ToolSpec

spec = ToolSpec(username=os.getenv('SFDC_USER'), password=os.getenv('SFDC_PASS'), security_token=os.getenv('SFDC_TOKEN', ''), domain="test")
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
sys.exit(0)
