"""Models as they lie on disk."""

from pathlib import Path
from zipfile import is_zipfile

import keras

import whynorm.keras  # noqa: F401 - it registers the instance norm that old files name
from whynorm.errors import UsageError


def load(path: Path) -> keras.Model:
    """The model of a `.keras` file, uncompiled.

    Code that the file carries is not run. Raises `UsageError` for a file that is none, and what Keras raises where a
    layer of the file is not there.
    """
    if not path.is_file():
        raise UsageError(f"no such file: {str(path)!r}")
    if not is_zipfile(path):
        raise UsageError(f"{str(path)!r} is no .keras file: those are zip archives")
    return keras.saving.load_model(path, compile=False)
