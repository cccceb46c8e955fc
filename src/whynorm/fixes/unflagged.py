"""A function of the program told not to build one of its layers."""

import ast

from whynorm.facts.change import SetArgument, Unflag
from whynorm.fixes.desk import Desk
from whynorm.fixes.file import Misfit
from whynorm.fixes.numbers import set_argument
from whynorm.source.flags import flag_at
from whynorm.source.places import argument_of


def unflag(edit: Unflag, desk: Desk) -> None:
    """Give the argument that decides the other value. Raises `Misfit` where none does, or it is no plain value."""
    flag = flag_at(edit.location, edit.type)
    if flag is None or not edit.location.through:
        raise Misfit
    place = edit.location.through[0]._replace(through=edit.location.through[1:])
    _, _, call = desk.call(place, flag.callee)
    given = argument_of(call, flag.name, flag.position)
    if given is not None and not isinstance(given, ast.Constant):
        raise Misfit
    set_argument(SetArgument(place, flag.callee, flag.name, flag.position, str(flag.off)), desk)
