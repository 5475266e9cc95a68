"""Training and evaluating, and the processes that do it."""
