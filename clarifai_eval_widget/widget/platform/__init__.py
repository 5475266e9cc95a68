"""Lists, rows and runs: the widget's side towards a server."""
