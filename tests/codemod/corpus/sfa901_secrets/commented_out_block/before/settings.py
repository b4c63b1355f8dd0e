# Old integration user, kept for reference
# SF_USERNAME = "legacy@acme.example"
# SF_PASSWORD = "Bamboo-ladder-54"
# SF_TOKEN = "tokBambooLadder54"
PAGE_SIZE = 200
