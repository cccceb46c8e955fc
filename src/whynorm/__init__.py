"""whynorm."""
