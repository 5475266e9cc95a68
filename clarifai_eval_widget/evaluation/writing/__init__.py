"""From an evaluation to what others read: a server's message, a file."""
