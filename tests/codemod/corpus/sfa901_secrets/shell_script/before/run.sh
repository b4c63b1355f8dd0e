#!/bin/bash
export SF_USERNAME=agent@acme.example
export SF_PASSWORD='Cobalt-meadow-21'
export SF_TOKEN=tokCobaltMeadow21
exec python app.py
