"""Long differential tests and mutations; each runs by itself too: `python -m tests.fuzz.torch --cases 20000`."""
