import requests

payload = {
    "grant_type": "password",
    "client_id": "acme-agent-consumer-key",
    "client_secret": "Thistle-paper-consumer",
    "username": "agent@acme.example",
    "password": "Thistle-paper-27",
}
token = requests.post("https://acme.my.salesforce.com/services/oauth2/token", data=payload, timeout=30).json()
