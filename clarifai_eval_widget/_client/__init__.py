"""The parts of ``client.EvalClient``: account, connection, look-ups, resources, runs."""
