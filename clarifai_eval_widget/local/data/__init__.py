"""What the server holds: apps, datasets, models, evaluations, and the samples."""
