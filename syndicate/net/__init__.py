"""HTTP for everyone: connections, address guard, redaction, dry runs. No other room touches the network."""
