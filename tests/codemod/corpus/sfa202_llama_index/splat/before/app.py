import json
from pathlib import Path

from llama_index.tools.salesforce import SalesforceToolSpec

spec = SalesforceToolSpec(**json.loads(Path("salesforce.json").read_text()))
