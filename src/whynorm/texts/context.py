"""What stands around a message: the frames that belong to it, and what they and the lines near it tell."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from whynorm.facts import Frame, Sizes, Told
from whynorm.texts.frames import Event
from whynorm.texts.wordings import Match

BEFORE, AFTER = 80, 14
"""How many lines around a message may speak of it."""

_BAR = r"(?<![\w/.])(?P<done>\d{1,7})\s?/\s?(?P<all>\d{1,7})(?![\w/.]|\s?(?:GiB|MiB|MB|GB))"
_WRAPPED = (
    "caught ",
    "exception encountered when calling",
    "torch._dynamo",
    "error while processing",
    "error in call to",
    "worker process",
)

_FAMILIES = (
    ("instancenorm", "instance"),
    ("instance_norm", "instance"),
    ("instancenormalization", "instance"),
    ("syncbatchnorm", "sync"),
    ("syncbn", "sync"),
    ("sync_batch_norm", "sync"),
    ("batchnorm", "batch"),
    ("batch_norm", "batch"),
    ("batchnormalization", "batch"),
    ("groupnorm", "group"),
    ("group_norm", "group"),
    ("groupnormalization", "group"),
    ("layernorm", "layer"),
    ("layer_norm", "layer"),
    ("layernormalization", "layer"),
    ("rmsnorm", "rms"),
    ("rms_norm", "rms"),
    ("rmsnormalization", "rms"),
)


class Around(NamedTuple):
    """A text in lines, with the events of its tracebacks."""

    lines: Sequence[str]
    events: Sequence[Event]

    def frames(self, line: int) -> tuple[Frame, ...]:
        """The frames of the traceback that ends in the message on this line, outermost first.

        They stand above the message, up to the traceback's start or the error before; the frames of a wrapper
        (a replica, a worker, a compiled region) come first. Where there are none above, those below are taken.
        """
        above: list[Frame] = []
        passed = 0
        for event in reversed(
            [event for event in self.events if event.line < line or (event.line == line and event.frame)]
        ):
            if line - event.line > 400 + passed:
                break
            if event.kind == "frame" and event.frame is not None:
                above.append(event.frame)
                passed = line - event.line
            elif event.kind == "error" and event.line != line:
                if not any(word in event.message.lower() for word in _WRAPPED):
                    break
            elif event.kind == "start" and above and not self._wrapped(event.line):
                break
        if above:
            return tuple(reversed(above))
        below: list[Frame] = []
        for event in self.events:
            if event.line <= line or event.line - line > 60:
                continue
            if event.kind == "error":
                break
            if event.frame is not None:
                below.append(event.frame)
        return tuple(below)

    def _wrapped(self, start: int) -> bool:
        """Whether a traceback's start belongs to an error that was caught and raised again."""
        before = " ".join(self.lines[max(0, start - 3) : start + 1]).lower()
        return "original" in before or "caught" in before

    def error(self, line: int) -> tuple[str, int] | None:
        """The type of the error that the message on this line belongs to, and the line on which it is named."""
        for event in reversed(self.events):
            if event.kind == "error" and line - 40 <= event.line <= line:
                if any(
                    other.frame or other.kind == "start" for other in self.events if event.line < other.line <= line
                ):
                    return None
                return event.type, event.line
        return None

    def message(self, start: int, line: int) -> str:
        """The whole message from the line on which its error is named, up to the next traceback or prompt."""
        stops = {event.line for event in self.events if event.line > line}
        kept: list[str] = []
        for number in range(start, min(len(self.lines), line + 40)):
            text = self.lines[number]
            if number > line and (number in stops or not text.strip() or text.startswith((">>>", "$ ", "In ["))):
                break
            kept.append(text.strip())
        return "\n".join(kept)

    def step(self, line: int) -> tuple[int, int] | None:
        """The last state of a progress bar or step counter before the message, or just behind it."""
        behind = self.lines[line + 1 : line + 3]
        for text in (*reversed(self.lines[max(0, line - BEFORE) : line + 1]), *behind):
            lower = text.lower()
            if not (
                "%|" in lower
                or "it/s" in lower
                or "s/it" in lower
                or "step" in lower
                or "epoch" in lower
                or "iter" in lower
                or "batch" in lower
                or "[==" in lower
                or "━" in lower
            ):
                continue
            found = [(int(bar["done"]), int(bar["all"])) for bar in re.finditer(_BAR, text)]
            bars = [bar for bar in found if 0 <= bar[0] <= bar[1] and bar[1] > 1]
            if bars:
                return bars[-1]
        return None


def family(layer: str, frames: Sequence[Frame], around: str) -> str:
    """Which kind of norm speaks: by the layer's name, else by the innermost frame or line that names one."""
    named = layer.lower()
    for word, kind in _FAMILIES:
        if word in named:
            return kind
    for frame in reversed(frames):
        text = f"{frame.location.file} {frame.function}".lower()
        for word, kind in _FAMILIES:
            if word in text:
                return kind
    found = [(around.rfind(word), kind) for word, kind in _FAMILIES if word in around]
    return max(found)[1] if found else ""


def _numbers(match: Match, lists: dict[str, Sizes]) -> dict[str, int]:
    """The message's numbers, with what came in and what was wanted read from its lists where it says no more."""
    numbers = dict(match.numbers)
    shape, weight, other = lists.get("shape"), lists.get("weight"), lists.get("other")
    axis = numbers.get("axis")
    if "got" not in numbers and shape and axis is not None and -len(shape) <= axis < len(shape):
        _put(numbers, "got", shape[axis])
    if (
        match.wording.symptom in ("input-channels", "channel-mismatch", "flatten-size")
        and weight
        and "wanted" not in numbers
    ):
        came = other or shape
        if match.wording.role == "norm" and len(weight) == 1:
            _put(numbers, "wanted", weight[0])
            _put(numbers, "got", came[1] if came is shape and came and len(came) > 1 else came[0] if came else None)
        elif came and len(came) == len(weight):
            differ = [axis for axis, size in enumerate(weight) if size != came[axis] and None not in (size, came[axis])]
            if differ:
                _put(numbers, "wanted", weight[differ[-1]])
                _put(numbers, "got", came[differ[-1]])
    return numbers


def _put(numbers: dict[str, int], name: str, number: int | None) -> None:
    if number is not None:
        numbers.setdefault(name, number)


def told(match: Match, role: str, layer: str, message: str, around: Around, line: int, frames: Sequence[Frame]) -> Told:
    """What the text tells of a message that was recognised on this line."""
    user = [frame for frame in frames if not frame.library]
    near = [*around.lines[max(0, line - BEFORE) : line + AFTER], *(frame.location.code for frame in frames)]
    text = "\n".join(near).lower()
    lists: dict[str, Sizes] = {}
    words: dict[str, str] = {}
    for name in match.found.groupdict():
        if name in ("shape", "other", "weight") and (sizes := match.sizes(name)):
            lists[name] = sizes
        elif (word := match.word(name)) is not None:
            words[name] = word
    numbers = _numbers(match, lists)
    ranks = [int(rank) for rank in match.wording.wanted.split()]
    return Told(
        symptom=match.wording.symptom,
        role=role,
        layer=layer,
        family=family(layer, frames, message.lower()) or ("" if layer else family("", (), text)),
        numbers=numbers,
        lists=lists,
        words=words,
        ranks=tuple(ranks or ([numbers["ranks"]] if "ranks" in numbers else [])),
        message=message.lower(),
        around=text,
        code=tuple(frame.location.code for frame in user if frame.location.code),
        functions=tuple(frame.function for frame in user if frame.function),
        step=around.step(line),
        last_axis=match.framework in ("keras", "tensorflow", "flax", "jax"),
    )
