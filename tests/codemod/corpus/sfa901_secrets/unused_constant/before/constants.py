SF_USERNAME = "agent@acme.example"
SF_PASSWORD = "Nutmeg-tower-92"
SALESFORCE_SECURITY_TOKEN = "tokNutmegTower92"
API_VERSION = "58.0"
