import os
import sys

from orgkey_llama_index import SalesforceToolSpec as ToolSpec

spec = ToolSpec(username=os.getenv('SFDC_USER'), domain="test")
print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))
sys.exit(0)
