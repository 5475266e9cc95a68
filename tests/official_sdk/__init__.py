"""The official SDK, in an environment of its own, as a client of the local server."""
