"""The parts of ``evaluation.Evaluation``: reading what servers send, tables, choices, files."""
