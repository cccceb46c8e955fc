"""Long differential tests and mutations; each module also runs by itself: `python -m tests.fuzz.torch --cases 20000`."""
