"""Files that are not Python code: settings, workflows, manifests, documents, and code that does not parse."""
