"""The embedded server, an optional extra."""
