from .api import Salesforce
from .login import SalesforceLogin
