from langchain_salesforce import SalesforceTool

tool = SalesforceTool(
    username="agent@acme.example",
    password="Ginger-cable-44",
    security_token="tokGingerCable44",
)
