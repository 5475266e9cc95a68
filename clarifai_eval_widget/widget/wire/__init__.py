"""What crosses between Python and the page, and how it is packed."""
