"""What stands between ``widget.EvalWidget``, its page and the client: wire format, lists, runs, threads."""
