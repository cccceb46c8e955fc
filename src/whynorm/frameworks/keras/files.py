"""Models as they lie on disk."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile, is_zipfile

from whynorm.errors import UsageError

if TYPE_CHECKING:
    import keras

_CONFIG, _WEIGHTS = "config.json", "model.weights.h5"
_HDF5 = b"\x89HDF\r\n\x1a\n"
"""How a file of HDF5 begins."""


def load(path: Path) -> "keras.Model":
    """The model of a `.keras` file, uncompiled.

    Code that the file carries is not run. Raises `UsageError` for a file that is none, before a framework is imported,
    and what Keras raises where a layer of the file is not there.
    """
    _refuse(path)
    import keras

    import whynorm.keras  # noqa: F401 - it registers the instance norm that old files name

    return keras.saving.load_model(path, compile=False)


def _refuse(path: Path) -> None:
    """Raise for what cannot be the file of a model."""
    if not path.is_file():
        raise UsageError(f"no such file: {str(path)!r}")
    wrong = _wrong(path)
    if wrong is not None:
        raise UsageError(f"{str(path)!r} is no .keras file: {wrong}")


def _wrong(path: Path) -> str | None:
    """What is wrong with the archive; None if it can be read."""
    if not is_zipfile(path):
        return "those are zip archives, and this is none, or cut short"
    try:
        with ZipFile(path) as archive:
            if _CONFIG not in archive.namelist():
                return f"the archive holds no {_CONFIG}"
            config = json.loads(archive.read(_CONFIG))
            if _WEIGHTS in archive.namelist():
                with archive.open(_WEIGHTS) as weights:
                    if weights.read(len(_HDF5)) != _HDF5:
                        return f"its {_WEIGHTS} is no HDF5 file"
    except (BadZipFile, OSError) as error:
        return f"the archive is damaged ({error})"
    except ValueError as error:
        return f"its {_CONFIG} is no JSON ({error})"
    if not isinstance(config, dict) or "class_name" not in config:
        return f"its {_CONFIG} describes no model"
    return None
