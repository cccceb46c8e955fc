"""Pasted texts: renderings of tracebacks read into frames, wordings of frameworks into facts."""

from whynorm.texts.read import Heard, read

__all__ = ["Heard", "read"]
