"""What leaves the notebook: a page in one file, and the summary that stays in a saved notebook."""
