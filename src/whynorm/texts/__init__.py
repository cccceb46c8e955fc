"""Pasted texts: renderings of tracebacks read into frames, wordings of frameworks into facts."""
