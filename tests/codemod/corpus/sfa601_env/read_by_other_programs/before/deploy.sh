#!/bin/sh
dataloader --password "$(printenv SF_PASSWORD)" export
