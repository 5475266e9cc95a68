"""From what is given (a server's message, arrays, a file) to an evaluation's parts."""
