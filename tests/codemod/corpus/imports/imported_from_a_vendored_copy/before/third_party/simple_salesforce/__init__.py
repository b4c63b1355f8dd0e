from .api import Salesforce
