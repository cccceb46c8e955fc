"""From a text to the cases that it tells of, in the order in which they strike."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from whynorm.facts import Call, Case, Frame, Raised, Role, Sizes, Told, Value
from whynorm.facts.call import Open
from whynorm.texts.clean import bare, cleaned
from whynorm.texts.context import Around, told
from whynorm.texts.frames import events
from whynorm.texts.readings import reading
from whynorm.texts.scope import answers
from whynorm.texts.stream import PIECE, overlapping
from whynorm.texts.versions import framework, guess, version
from whynorm.texts.wordings import TABLES, Match, Wording, keys, squeezed

MOST = 12
"""So many findings are told of one text."""
SHORT = 3
"""A text of so few lines has one error in it: the tables are asked until one knows it."""
REPEATS = 40
"""So often is one wording looked at in one piece."""

_NAMED = r"layer[ :]{1,2}[\"']?([A-Za-z][\w/.-]{0,80})"
_NAMES: tuple[tuple[str, Role], ...] = (
    ("norm", "norm"),
    ("bn", "norm"),
    ("transpose", "transposed-conv"),
    ("deconv", "transposed-conv"),
    ("conv", "conv"),
    ("dense", "linear"),
    ("linear", "linear"),
    ("fc", "linear"),
    ("lstm", "recurrent"),
    ("gru", "recurrent"),
    ("rnn", "recurrent"),
    ("pool", "pool"),
    ("model", "conv"),
    ("sequential", "conv"),
)
"""Roles by what a layer is called."""
_ARROWS = ("->", "-->", "--->", "---->", "----->", "❱")


class Heard(NamedTuple):
    """One error that a text tells of."""

    case: Case
    wording: Wording
    said: str
    """The words that were recognised, squeezed."""


class _Piece(NamedTuple):
    """A piece of text, cleaned, with the number of its first line that is new."""

    text: str
    around: Around
    starts: list[int]
    """Where each line starts in the text."""
    new: int


def read(texts: Iterable[str], folder: str | None = None) -> list[Heard]:
    """The errors that a text tells of, the first one first. `texts` are its pieces; memory stays within one of them.

    Source files that it names are read where they are here; `folder` says where they lie if not where it says.
    """
    found: list[Heard] = []
    seen: set[str] = set()
    only = ""
    for text, old in overlapping(texts):
        only = text if not old and not only else ""
        if len(text) > PIECE // 4 and not _worth_reading(text):
            continue
        for heard, key in _heard(_piece(text, old)):
            if key not in seen:
                seen.add(key)
                _add(heard, found)
            if len(found) >= MOST:
                return [_with_sources(heard, folder) for heard in found]
    found = found or _mended(only)
    return [_with_sources(heard, folder) for heard in found]


def _with_sources(heard: Heard, folder: str | None) -> Heard:
    """The same error, with what the source files say that are here."""
    case = heard.case
    files = {frame.location.file for frame in case.frames if not frame.library and frame.location.file.endswith(".py")}
    if not files or (folder is None and not any(os.path.isfile(file) for file in files)):
        return heard
    from whynorm.texts.sources import seen  # reads syntax trees, which costs more than all the rest

    told = case.told._replace(seen=seen(case.frames, folder))
    case = Case(case.call, framework=case.framework, version=case.version, frames=case.frames, told=told)
    return heard._replace(case=case)


def _mended(text: str) -> list[Heard]:
    """What a short text tells once its words are put right, where it told nothing as it stood."""
    from whynorm.texts.repair import repaired  # rarely needed, and `why` starts in milliseconds

    for mended in repaired(cleaned(text)) if text.strip() else ():
        found = [heard for heard, _ in _heard(_piece(mended, 0))]
        if found:
            return found
    return []


def _add(heard: Heard, found: list[Heard]) -> None:
    """Put an error behind those before it, or in the place of one that was the same, logged before it was raised."""
    for number, other in enumerate(found):
        if other.said in heard.said:
            found[number] = heard
            return
    found.append(heard)


def _worth_reading(text: str) -> bool:
    """Whether any wording's literal part stands in the text; colours and white space do not count."""
    within = squeezed(cleaned(text)) if "\x1b" in text or not text.isascii() else squeezed(text)
    return any(key in within for name in TABLES for key, _ in keys(name))


def _piece(text: str, old: int) -> _Piece:
    lines = [bare(line) for line in cleaned(text).split("\n")]
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    new = len(cleaned(text[:old]).split("\n")) - 1 if old else 0
    return _Piece("\n".join(lines), Around(lines, events(lines)), starts, new)


def _heard(piece: _Piece) -> Iterator[tuple[Heard, str]]:
    """What the new part of a piece tells, in the order of its lines, each with what it is known by."""
    owners: list[tuple[int, int]] = []
    stated: int | None = None
    for match, begin, end in _matches(piece):
        line = _line(piece, begin)
        if line < piece.new or _is_context(piece.around.lines, line):
            continue
        if any(begin < other_end and other < end for other, other_end in owners):
            continue
        if match.wording.symptom == "state-mismatch" and _same_error(piece.around, stated, line):
            stated = line
            continue
        heard = _case(match, line, piece)
        if heard is None:
            continue
        if match.wording.symptom == "state-mismatch":
            stated = line
        owners.append((begin, end))
        yield heard


def _same_error(around: Around, before: int | None, line: int) -> bool:
    """Whether a line goes on with the list of keys that a line before began: of one error it is told once."""
    if before is None or line - before > 60:
        return False
    return not any(event.kind != "frame" and before < event.line <= line for event in around.events)


def _matches(piece: _Piece) -> list[tuple[Match, int, int]]:
    """Every wording found, by its place; at one place the likelier framework's and the more specific first."""
    within = squeezed(piece.text)
    small = len(piece.around.lines) <= SHORT
    flat: str | None = None
    tables = guess(piece.text.lower())
    likely = [name for name in tables if name in TABLES]
    found: list[tuple[int, int, int, Match, int]] = []
    for rank, name in enumerate([*likely, *(name for name in TABLES if name not in tables)]):
        if found and rank >= len(likely) and small:
            break
        for number, (key, wording) in enumerate(keys(name)):
            if key not in within:
                continue
            places = list(_places(wording, piece.text))
            if not places:
                if flat is None:
                    flat = piece.text.replace("\n", "")
                places = [(hit, *_unflat(piece, hit)) for hit, _, _ in _places(wording, flat)]
            found += [(begin, rank, number, Match(name, wording, hit), end) for hit, begin, end in places]
    found = _by_role(found, piece)
    found.sort(key=lambda one: one[:3])
    return [(match, begin, end) for begin, _, _, match, end in _by_line(found, piece)]


def _by_role(found: list[tuple[int, int, int, Match, int]], piece: _Piece) -> list[tuple[int, int, int, Match, int]]:
    """Of rows that share a wording, the one of the layer that the line names before it, or the first."""
    kept: dict[tuple[int, int], tuple[int, int, int, Match, int]] = {}
    for one in found:
        place = one[0], one[4]
        other = kept.get(place)
        if other is None or other[3].wording.template != one[3].wording.template:
            kept.setdefault(place if other is None else (one[0], -len(kept) - 1), one)
            continue
        named = re.findall(_NAMED, piece.text[max(0, one[0] - 200) : one[0]])
        if named and one[3].wording.role == _role(named[-1]):
            kept[place] = one
    return list(kept.values())


def _role(layer: str) -> Role:
    """What a layer of this name does, by the usual names."""
    name = layer.lower()
    for word, role in _NAMES:
        if word in name:
            return role
    return "other"


def _role_of(match: Match, piece: _Piece) -> Role:
    """What the layer does: as the table says, unless the message names a layer of another kind."""
    if match.framework != "keras" or match.wording.layer is not None:
        return match.wording.role
    begin = match.found.start() if match.found.string == piece.text else 0
    named = match.word("layer") or next(iter(re.findall(_NAMED, piece.text[max(0, begin - 200) : begin])[-1:]), "")
    role = _role(named)
    return match.wording.role if role == "other" else role


def _by_line(found: list[tuple[int, int, int, Match, int]], piece: _Piece) -> list[tuple[int, int, int, Match, int]]:
    """The matches line by line; on one line the table's order decides, and not where in the line they begin."""
    return sorted(found, key=lambda one: (_line(piece, one[0]), one[1], one[2], one[0]))


def _places(wording: Wording, text: str) -> Iterator[tuple[re.Match[str], int, int]]:
    for count, hit in enumerate(wording.finditer(text)):
        if count >= REPEATS:
            return
        yield hit, hit.start(), hit.end()


def _unflat(piece: _Piece, hit: re.Match[str]) -> tuple[int, int]:
    """The place in the text of a match in the text without its line ends."""
    places = []
    for place in (hit.start(), hit.end()):
        low, high = 0, len(piece.starts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if piece.starts[middle] - middle <= place:
                low = middle
            else:
                high = middle - 1
        places.append(place + low)
    return places[0], places[1]


def _line(piece: _Piece, place: int) -> int:
    low, high = 0, len(piece.starts) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if piece.starts[middle] <= place:
            low = middle
        else:
            high = middle - 1
    return low


def _is_context(lines: Sequence[str], line: int) -> bool:
    """Whether a line is source that a notebook shows around the failing line, and not the failing line itself."""
    if _shown(lines[line]) != "source" or any(_shown(lines[n]) == "arrow" for n in range(max(0, line - 4), line)):
        return False
    return any(_shown(text) == "arrow" for text in lines[max(0, line - 8) : line + 8])


def _shown(line: str) -> str:
    """`source` for a numbered line of source, `arrow` for the one that is pointed at."""
    head = line.lstrip()
    marked = head.startswith(_ARROWS)
    number = head.lstrip("->❱ ").partition(" ")[0]
    return "" if not number.isdigit() else "arrow" if marked else "source"


def _case(match: Match, line: int, piece: _Piece) -> tuple[Heard, str] | None:
    """The case of one match, and what it is known by; None where it is none of ours."""
    around, wording = piece.around, match.wording
    frames = around.frames(line)
    error = around.error(line)
    start = error[1] if error is not None else line
    message = around.message(start, line)
    type_ = error[0] if error is not None else "Warning" if wording.severity == "warning" else "Error"
    if error is not None:
        message = message.partition(f"{type_}:")[2].strip() or message
    layer = _layer(match, frames)
    role = _role_of(match, piece)
    facts = told(match, role, layer, message, around, line, frames)
    if not answers(wording.needs, facts, frames):
        return None
    name = framework(facts.around, match.framework)
    raised = Raised(type_.rpartition(".")[2], message[:8000])
    call = _call(match, role, layer, facts, frames, raised)
    case = Case(
        call,
        framework=name,
        version=version(
            name, piece.text, [(frame.location.file, frame.function, frame.location.line) for frame in frames]
        ),
        frames=frames,
        told=facts,
    )
    said = squeezed(match.found.group())
    return Heard(case, wording, said), f"{wording.symptom} {said}"


def _layer(match: Match, frames: tuple[Frame, ...]) -> str:
    """The layer that speaks: as the message names it, as the table says, or as the library's innermost frame tells."""
    named = match.word("type") or match.word("layer") or match.word("function")
    if match.wording.layer is not None:
        return match.wording.layer
    if named:
        return named.strip("'\"<>()").rpartition(".")[2]
    return ""


def _call(match: Match, role: Role, layer: str, facts: Told, frames: tuple[Frame, ...], raised: Raised) -> Call:
    shape, other = _known(facts.lists.get("shape")), _known(facts.lists.get("other"))
    user = next((frame for frame in reversed(frames) if not frame.library), None)
    wanted, weight = facts.numbers.get("wanted"), _known(facts.lists.get("weight"))
    arguments: dict[str, object] = {}
    if wanted is not None and role in ("conv", "transposed-conv"):
        arguments["in_channels"] = wanted
    if wanted is not None and role == "linear":
        arguments["in_features"] = wanted
    if weight is not None and match.wording.symptom == "trailing-shape":
        arguments["normalized_shape"] = weight
    last = facts.last_axis and role in ("conv", "transposed-conv", "norm", "pool") and shape is not None
    return Call(
        type=layer or _ROLES.get(role, ""),
        role=role,
        inputs=tuple(Value(0, sizes, "") for sizes in (shape, other) if sizes),
        arguments=arguments,
        reading=reading(facts, shape) if role == "norm" and shape else None,
        training=True if match.wording.symptom == "one-value" else None,
        location=user.location if user is not None else None,
        raised=raised,
        ranks=facts.ranks,
        channel_axis=len(shape) - 1 if last and shape else None,
    )


def _known(sizes: Sizes | None) -> tuple[int, ...] | None:
    """A shape that a message prints; what is left open is an open size."""
    return None if sizes is None else tuple(Open() if size is None else size for size in sizes)


_ROLES = {
    "conv": "a convolution",
    "transposed-conv": "a transposed convolution",
    "pool": "a pooling",
    "pad": "a padding",
    "linear": "a linear layer",
    "join": "a concatenation",
    "add": "an addition",
    "reshape": "a reshape",
    "norm": "a norm",
    "recurrent": "a recurrent layer",
    "attention": "an attention layer",
    "upsample": "an upsampling",
    "embedding": "an embedding",
    "axes": "an operation on axes",
}
