"""Static reading of the user's source, by syntax trees: nothing is imported and nothing is run."""

from whynorm.source.origin import origin

__all__ = ["origin"]
