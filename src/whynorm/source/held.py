"""How a module of the program makes a parameter or buffer of its own."""

import ast
from collections.abc import Iterator

from whynorm.source import flow
from whynorm.source.files import Function
from whynorm.source.running import Value, Where, last_name

_MADE = {"zeros", "ones", "empty", "rand", "randn", "full", "normal", "Tensor", "FloatTensor"}
_REGISTERED = {"register_buffer", "register_parameter"}


def sizes_of(module: Value, name: str) -> Iterator[tuple[ast.Call, Value]]:
    """The sizes of the tensor that a module holds by this name, each with the call that makes the tensor.

    `module` is the call that builds the module, as it was run.
    """
    call, where, _ = module
    owner = flow.callee(where.source, call.func) if isinstance(call, ast.Call) else None
    if owner is None or not isinstance(owner.node, ast.ClassDef) or not isinstance(call, ast.Call):
        return
    init = flow.method(owner.source, owner.node, "__init__")
    if init is None or not isinstance(init.node, Function):
        return
    run = Where(init.source, init.node, call, where)
    given = [one.node for one in flow.attribute_values(owner.source, owner.node, name)]
    given += [
        one.args[1]
        for one in init.source.calls
        if last_name(one) in _REGISTERED and init.source.function(one) is init.node and len(one.args) > 1
        if isinstance(one.args[0], ast.Constant) and one.args[0].value == name
    ]
    for made in (node for value in given for node in ast.walk(value) if isinstance(node, ast.Call)):
        if last_name(made) in _MADE:
            for argument in made.args:
                inner = argument.elts if isinstance(argument, ast.Tuple | ast.List) else [argument]
                yield from ((made, Value(size, run)) for size in inner)
