"""Which shapes lie in files: of images, volumes and arrays, here or at an address, by their headers alone."""

from whynorm.data.entries import entries
from whynorm.data.entry import Entry
from whynorm.data.headers import Header, Unreadable, header_of

__all__ = ["Entry", "Header", "Unreadable", "entries", "header_of"]
