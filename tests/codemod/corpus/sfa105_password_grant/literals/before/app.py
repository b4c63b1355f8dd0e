from simple_salesforce import Salesforce

sf = Salesforce(
    username="agent@acme.example",
    password="Mango-plank-12",
    consumer_key="acme-agent-consumer-key",
    consumer_secret="Mango-plank-consumer",
    domain="acme.my",
)
