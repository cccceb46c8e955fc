"""What a judge says of a norm's history, and the words that several share."""

from typing import NamedTuple

from whynorm.facts import Call
from whynorm.facts.history import History, Use
from whynorm.report import Severity


class Judged(NamedTuple):
    """One judgement."""

    severity: Severity
    fact: str
    use: Use | None = None
    """The calls that it is about."""


def and_others(history: History) -> str:
    """How many norms have the same history."""
    others = history.alike - 1
    return f" (and {others} more {'norm' if others == 1 else 'norms'})" if others else ""


def passes(use: Use) -> str:
    """How many passes these calls are, in words."""
    if use.compiled and use.calls == 1:
        return "the compiled passes"
    return "one pass" if use.calls == 1 else f"{use.calls} passes"


def was(use: Use) -> str:
    """The verb that goes with `passes`."""
    return "was" if use.calls == 1 and not use.compiled else "were"


def is_instance(call: Call) -> bool:
    """Whether the norm takes each sample's own statistics."""
    return call.reading is not None and call.reading.family == "instance"
