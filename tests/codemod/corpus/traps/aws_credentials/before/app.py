import boto3

boto3.client("appflow").create_connector_profile(
    connectorProfileName="crm",
    connectorType="Salesforce",
    connectionMode="Public",
    connectorProfileConfig={"connectorProfileCredentials": {"Salesforce": {"refreshToken": "", "jwtToken": ""}}},
)
