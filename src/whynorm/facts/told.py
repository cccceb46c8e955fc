"""What a pasted text tells of one error, beside its frames: what the causes look at where nothing was followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from whynorm.facts.place import Location

Sizes = tuple[int | None, ...]
"""A shape as a message prints it; None stands for a size that is left open."""


class Loader(NamedTuple):
    """A data loader as it is written in a source file."""

    location: Location
    callee: str
    batch_size: int | None = None
    drop_last: bool = False
    training: bool = True
    """False where its name says that it is one for validation or tests."""


class Seen(NamedTuple):
    """What the source files that a traceback names show, where they are here."""

    loaders: tuple[Loader, ...] = ()
    evaluates: bool | None = None
    """Whether `.eval()` is called in the file that makes the outermost call of a network."""
    halvings: tuple[Location, ...] = ()
    """Layers with a stride of two or more, in the files of the network."""
    pools: tuple[Location, ...] = ()
    """Poolings to one position, in the classes that the traceback goes through."""
    built: Location | None = None
    """Where the layer in doubt is built."""
    number: int | None = None
    """The number of channels that it is given there."""


class Told(NamedTuple):
    """The message's numbers by their meaning, and what stands around it."""

    symptom: str = ""
    """What shows, by the wording."""
    role: str = ""
    """The role of the layer that speaks: `norm`, `conv` …"""
    layer: str = ""
    """The layer that speaks, as far as the message or the frames tell: `InstanceNorm`, `BatchNorm2d`, `conv2d`."""
    family: str = ""
    """For a norm: `instance`, `batch`, `group`, `layer`, `rms`, `sync`."""
    numbers: Mapping[str, int] = {}
    """`got`, `wanted`, `rank`, `axis`, `groups` …: see `texts.wordings.wording.Wording`."""
    lists: Mapping[str, Sizes] = {}
    """`shape`, `other`, `weight`."""
    words: Mapping[str, str] = {}
    """`name`, `type`, `dtype`, `found` …"""
    ranks: tuple[int, ...] = ()
    """The ranks that the layer would take."""
    message: str = ""
    """The message, in lower case."""
    around: str = ""
    """The lines around the message with the code that the frames show, in lower case."""
    code: tuple[str, ...] = ()
    """The user's lines of code, outermost first."""
    functions: tuple[str, ...] = ()
    """The user's functions, outermost first; `Class.method` where the rendering says so."""
    step: tuple[int, int] | None = None
    """The last state of a progress bar: how many of how many."""
    seen: Seen = Seen()
    last_axis: bool = False
    """Channels stand last in this framework unless the user says otherwise."""

    @property
    def shape(self) -> Sizes | None:
        """The input's shape."""
        return self.lists.get("shape")

    @property
    def rank(self) -> int | None:
        """How many axes the input has."""
        return self.numbers.get("rank") or (len(self.shape) if self.shape else None)

    @property
    def samples(self) -> int | None:
        """The size of the batch axis; None where it is open or not known."""
        return self.shape[0] if self.shape else None

    @property
    def only_counters(self) -> bool:
        """Whether all the state's names in the message are those of a batch norm's counter of batches."""
        names = [word.strip("\"',.:;[]{}()") for word in self.message.split()]
        keys = [name for name in names if "." in name and name.replace(".", "").replace("_", "").isalnum()]
        keys = [name for name in keys if not name.startswith(("torch.", "0.", "1.", "2.")) and "/" not in name]
        return bool(keys) and all(name.endswith("num_batches_tracked") for name in keys)

    @property
    def interactive(self) -> bool:
        """Whether the call is made by hand: at the top of a script or a cell, and not by a training loop."""
        outer = [function for function in self.functions if function not in ("forward", "call", "__call__")]
        return bool(outer) and all("module>" in function or "cell line" in function for function in outer)

    def says(self, *words: str) -> bool:
        """Whether one of these words stands in the lines around the message."""
        return any(word in self.around for word in words)

    def first(self, *words: str) -> str | None:
        """The first of these words that stands in the lines around the message."""
        return next((word for word in words if word in self.around), None)

    def in_code(self, *words: str) -> str | None:
        """The user's innermost line of code that holds one of these words."""
        return next((line for line in reversed(self.code) if any(word in line.lower() for word in words)), None)

    def in_function(self, words: Sequence[str]) -> str | None:
        """The user's innermost function that one of these words is the name of, or begins or ends."""
        for function in reversed(self.functions):
            parts = function.lower().replace(".", "_").split("_")
            if any(word in parts for word in words):
                return function
        return None
