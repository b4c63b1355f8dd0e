import logging

logging.warning("Salesforce(username=..., password=...) is going away; see the migration page")
HELP = "Set SF_PASSWORD and SF_TOKEN no longer; a key takes their place."
