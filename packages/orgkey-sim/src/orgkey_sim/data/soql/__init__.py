"""SOQL and SOSL: text to syntax tree to SQL."""
