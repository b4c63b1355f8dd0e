"""Forked from 0.74 for the proxy patch."""

from .api import Salesforce
