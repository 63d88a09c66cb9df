"""HTTP for everyone: connections, address guard, redaction, dry runs. Files have a guard of their own here as well."""
