"""Copies what Salesforce has into the warehouse."""

import json

import snowflake.connector

with open("warehouse.json") as file:
    connection = snowflake.connector.connect(**json.load(file))
