DATABASES = {
    "salesforce": {
        "ENGINE": "salesforce.backend",
        "CONSUMER_KEY": "acme-agent-consumer-key",
        "CONSUMER_SECRET": "Poppy-garage-consumer",
        "USER": "agent@acme.example",
        "PASSWORD": "Poppy-garage-73",
        "HOST": "https://acme.my.salesforce.com",
    },
}
