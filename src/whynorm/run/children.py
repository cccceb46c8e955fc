"""What the child processes of an observed program noted, handed to the one that speaks at the end."""

import hashlib
import os
import pickle
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from whynorm.record import Noted

SITE = str(Path(__file__).parent / "site")
"""The folder that has the interpreter meet `sitecustomize.py`."""


def folder(settings: Mapping[str, str]) -> Path:
    """Where the children of this run leave what they noted; made by the first that has something."""
    return Path(tempfile.gettempdir()) / f"whynorm-{settings['pid']}-{settings['started']}"


def is_first(settings: Mapping[str, str], noted: Noted) -> bool:
    """Whether no other child has come to say this before."""
    place = folder(settings)
    place.mkdir(mode=0o700, exist_ok=True)
    said = hashlib.sha256(noted.findings[0].message.encode()).hexdigest()
    try:
        os.close(os.open(place / f".{said}", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def take_back(settings: Mapping[str, str], noted: Noted) -> None:
    """This child's note turned out to be wrong."""
    for file in folder(settings).glob(f"[!.]*-{os.getpid()}"):
        if pickle.loads(file.read_bytes()).key == noted.key:
            file.unlink()


def hand_over(settings: Mapping[str, str], noted: Noted) -> None:
    """Leave what this child process noted."""
    place = folder(settings)
    place.mkdir(mode=0o700, exist_ok=True)
    name = f"{len(list(place.iterdir())):04}-{os.getpid()}"
    (place / f".{name}").write_bytes(pickle.dumps(noted))
    (place / f".{name}").rename(place / name)


def collect(settings: Mapping[str, str]) -> list[Noted]:
    """What the children noted, in the order in which they did, and the folder is gone."""
    place = folder(settings)
    if not place.is_dir():
        return []
    found: dict[tuple[object, ...], Noted] = {}
    mine = not hasattr(os, "getuid") or place.stat().st_uid == os.getuid()
    for file in sorted(place.iterdir()):
        if mine and not file.name.startswith("."):
            noted: Noted = pickle.loads(file.read_bytes())
            if noted.key not in found or noted.ends:
                found[noted.key] = noted
    shutil.rmtree(place, ignore_errors=True)  # a child that is still at work may write on
    return list(found.values())


def environment(settings: Mapping[str, str], given: object) -> object:
    """The environment that the program gives to a child, with what has the child observed too.

    Only where it is a copy of the program's own, as launchers make it: one that was cleared on purpose is left alone.
    A child that gets no environment of its own inherits the interpreter's, where all of it still stands.
    """
    if not isinstance(given, Mapping) or not given or "WHYNORM_RUN" in given:
        return given
    if sum(given.get(name) == value for name, value in os.environ.items()) < 0.8 * len(os.environ):
        return given
    path = given.get("PYTHONPATH")
    handed = {key: value for key, value in settings.items() if key not in ("path", "fault")}
    if path is not None:
        handed["path"] = path
    return {
        **given,
        "PYTHONPATH": os.pathsep.join((SITE, path) if path else (SITE,)),
        "WHYNORM_RUN": "\n".join(f"{key}={value}" for key, value in handed.items()),
    }
