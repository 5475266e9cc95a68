"""The drawing behind ``figures``: Matplotlib, imported when first needed."""
