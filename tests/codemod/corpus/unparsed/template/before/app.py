import os
from simple_salesforce import Salesforce

{% if salesforce %}
sf = Salesforce(username="{{ user }}", password=os.environ["SF_PASSWORD"], security_token=os.environ["SF_TOKEN"])
{% endif %}
