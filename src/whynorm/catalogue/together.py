"""Numbers that belong together: what else gets another number where one layer does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.shapes import at, channel_axis
from whynorm.facts import Call, Case, Verdict
from whynorm.facts.change import Change, Rebuild, SetArgument
from whynorm.facts.counts import GIVEN, TAKEN

_KEEP = ("activation", "dropout", "pool", "global-pool", "pad", "upsample", "norm")
"""Roles that hand the channels on as they are."""


class Setting(NamedTuple):
    """A setting of a layer that counts its channels or features."""

    call: Call
    name: str
    position: int

    def edit(self, value: object) -> SetArgument | None:
        """What writes it into the source."""
        call = self.call
        if call.built is None:
            return None
        keyword, place = call.written.get(self.name, (self.name, self.position))
        return SetArgument(call.built, call.type, keyword, place, repr(value), was=number_of(call, self.name))


def number_of(call: Call, name: str) -> object:
    """A setting of a layer; where it is a tuple of one number, however often, the number."""
    value = call.arguments.get(name)
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value


class Wider(NamedTuple):
    """What else is to be built with the same number."""

    settings: tuple[Setting, ...]
    alone: bool
    """Whether the number is to be written in one place for all of them."""

    @property
    def paths(self) -> Mapping[str, object]:
        """The layers that they belong to."""
        return {one.call.path or "": one.name for one in self.settings}


def wider(case: Case, call: Call, name: str, value: object, trial: Sequence[Change]) -> Wider | None:
    """What else has to get a layer's new number for the whole pass to go through; None where nothing has, or would do.

    The other layers that take the same channels; else all that is built with the number that the layer had.
    """
    was = number_of(call, name)
    if not isinstance(was, int) or isinstance(was, bool) or goes_through(case.try_out(trial)):
        return None
    changed = {(change.path, one) for change in trial if isinstance(change, Rebuild) for one in change.arguments}
    others = [
        one
        for one in _settings(case)
        if number_of(one.call, one.name) == was and (one.call.path, one.name) not in changed
    ]
    fed = _made_of(case, call)
    same = [one for one in others if one.call.raised is not None and _takes(one) and _made_of(case, one.call) == fed]
    for settings, alone in ((same, False), (others, True)):
        if settings and goes_through(case.try_out(rebuilt(trial, settings, value))):
            return Wider(tuple(settings), alone)
    return None


def rebuilt(trial: Sequence[Change], settings: Sequence[Setting], value: object) -> tuple[Change, ...]:
    """The changes, and these settings changed too: those of one layer in one change."""
    changes = list(trial)
    for one in settings:
        path, arguments = one.call.path or "", {one.name: value}
        for number, change in enumerate(changes):
            if isinstance(change, Rebuild) and change.path == path:
                changes[number] = change._replace(arguments={**change.arguments, **arguments})
                break
        else:
            changes.append(Rebuild(path, arguments=arguments))
    return tuple(changes)


def goes_through(verdict: Verdict) -> bool:
    """Whether the whole pass went through, and no other fault was left."""
    return verdict.passed is True and not verdict.faults


def _settings(case: Case) -> Iterator[Setting]:
    """The settings that count channels or features of the layers of the pass, each layer once."""
    seen: set[str] = set()
    for call in case.trace.calls:
        if call.path is None or call.path in seen or call.built is None or call.type.startswith(("F.", "torch.")):
            continue
        counted = [*TAKEN.get(call.role, ()), *([GIVEN[call.role]] if call.role in GIVEN else ())]
        found = [Setting(call, name, position) for name, position in counted if name in call.arguments]
        if found:
            seen.add(call.path)
            yield from found


def _takes(setting: Setting) -> bool:
    return setting.name in {name for name, _ in TAKEN.get(setting.call.role, ())}


def _made_of(case: Case, call: Call) -> int:
    """The tensor whose channels a call gets."""
    value = call.inputs[0].id if call.inputs else 0
    for step in case.trace.upstream(call):
        if step.role not in _KEEP or not step.inputs:
            break
        value = step.inputs[0].id
    return value


def scaled(case: Case, call: Call, name: str, position: int) -> Remedy | None:
    """The layers of a loop each get as many times what they were built for, or as many more: they are built for that.

    None where the source builds this layer alone, or nothing holds for all of them.
    """
    first = of_one_place(case, call)
    wanted = {path: got for path, one in first.items() if one.raised is not None and (got := _got(one)) is not None}
    rule = rule_of([(number_of(one, name), wanted.get(path)) for path, one in first.items()])
    if rule is None:
        return None
    factor, more = rule
    said = f"{factor} times its {name}" if factor != 1 else f"{abs(more)} {'more' if more > 0 else 'less'}"
    title = f"build {at(call)}, and the others of its loop, for {said}"
    remedy = by_rule(case, call, name, position, title, factor=factor, more=more)
    if remedy is None or goes_through(case.try_out(remedy.trial)):
        return remedy
    return _with_others(case, call, remedy, rule)


def _with_others(case: Case, call: Call, remedy: Remedy, rule: tuple[int, int]) -> Remedy:
    """The layers of other lines that get as many times what they were built for are changed with those of a loop."""
    factor, more = rule
    lines = {call.built}
    together = remedy
    for one in case.trace.calls:
        name, position = next(iter(TAKEN.get(one.role, ())), ("", 0))
        if one.raised is None or one.built is None or one.built in lines or name not in one.arguments:
            continue
        lines.add(one.built)
        alike = of_one_place(case, one).values()
        if rule_of([(number_of(each, name), _got(each)) for each in alike]) != rule:
            continue
        added = by_rule(case, one, name, position, "", factor=factor, more=more)
        if added is not None:
            title = f"{together.title}, and so {at(one)}"
            together = together._replace(
                title=title, trial=(*together.trial, *added.trial), edits=(*together.edits, *added.edits)
            )
    return together if goes_through(case.try_out(together.trial)) else remedy


def rule_of(numbers: Sequence[tuple[object, object]]) -> tuple[int, int] | None:
    """The factor, or else the summand, by which several numbers become the wanted ones; None where they are alike."""
    known = [(old, new) for old, new in numbers if isinstance(old, int) and isinstance(new, int) and old]
    if len(known) < max(2, len(numbers)) or len(dict(known)) < 2:
        return None
    factors, offsets = {new / old for old, new in known}, {new - old for old, new in known}
    if len(factors) == 1 and (factor := factors.pop()) == int(factor) > 1:
        return int(factor), 0
    return (1, offsets.pop()) if len(offsets) == 1 else None


def by_rule(
    case: Case, call: Call, name: str, position: int, title: str, *, factor: int = 1, more: int = 0
) -> Remedy | None:
    """A layer, and all that the same source builds, gets so many times its number, or so many more; None below one."""
    numbers = {
        path or "": own * factor + more
        for path, one in of_one_place(case, call).items()
        if isinstance(own := number_of(one, name), int)
    }
    if not numbers or min(numbers.values()) < 1:
        return None
    keyword, place = call.written.get(name, (name, position))
    template = f"{factor} * {{}}" if factor != 1 else f"{{}} {'+' if more > 0 else '-'} {abs(more)}"
    edits = () if call.built is None else (SetArgument(call.built, call.type, keyword, place, template),)
    trial = tuple(Rebuild(path, arguments={name: one}) for path, one in numbers.items())
    return Remedy(title, "layer", trial=trial, edits=edits)


def of_one_place(case: Case, call: Call) -> dict[str | None, Call]:
    """The layers that one piece of the program's source builds, with whatever numbers, by their paths."""
    first: dict[str | None, Call] = {}
    for one in case.trace.calls:
        there = one.built is not None and not one.built.library and one.built == call.built
        if one.type == call.type and (there or one.path == call.path):
            first.setdefault(one.path, one)
    return first


def _got(call: Call) -> int | None:
    axis = channel_axis(call)
    return call.shape[axis] if axis is not None and call.shape and axis < len(call.shape) else None
