"""The service's calls: requests read, replies written."""
