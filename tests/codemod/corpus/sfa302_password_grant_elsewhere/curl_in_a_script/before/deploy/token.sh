#!/bin/sh
set -eu
curl --silent "https://acme.my.salesforce.com/services/oauth2/token" \
  --data grant_type=password \
  --data client_id="$SF_KEY" \
  --data client_secret="$SF_SECRET" \
  --data username="$SF_USERNAME" \
  --data password="$SF_PASSWORD$SF_TOKEN"
