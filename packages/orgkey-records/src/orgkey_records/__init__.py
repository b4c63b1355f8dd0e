"""What an agent does on Salesforce records, once, for every framework: guarded, bounded, sync and async."""

__version__ = "0.1.0"
