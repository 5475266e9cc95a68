"""What a user does to a server from Python: add datasets, train versions, start with samples."""
