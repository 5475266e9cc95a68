"""The machinery behind ``metrics``, ``operating_point`` and ``uncertainty``: NumPy only."""
