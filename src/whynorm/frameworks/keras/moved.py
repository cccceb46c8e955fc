"""Names that a program imports from where older versions of Keras had them: where they are today."""

import ast
from collections.abc import Iterator

import keras

from whynorm.facts import Call, Location, Missing, Raised
from whynorm.source.files import Source
from whynorm.source.places import covers, dotted, imported_as, source_at, statement_at

_OF_KERAS = ("keras", "tensorflow.keras", "tensorflow.python.keras", "tf.keras", "keras_core", "tf_keras")
_TODAY = {
    "SyncBatchNormalization": ("BatchNormalization", "synchronized"),
    "BatchNormalizationV1": ("BatchNormalization", None),
    "BatchNormalizationV2": ("BatchNormalization", None),
}
"""What other names have become, with the setting that is on then."""
_RAISED = ("ModuleNotFoundError", "ImportError", "AttributeError")


def moved(raised: Raised, place: Location | None) -> tuple[Call, Missing] | None:
    """The norms that this line imports, or names, all of which `keras.layers` has today; None for any other error."""
    source = source_at(place) if place is not None and raised.type in _RAISED else None
    if source is None or place is None:
        return None
    statement = statement_at(source, place.line)
    if isinstance(statement, ast.ImportFrom):
        names, module, written = [one.name for one in statement.names], statement.module or "", None
        module = module if not statement.level else ""
    else:
        node = next(_named(source, place), None)
        written = (dotted(node) if node is not None else None) or ""
        root, _, rest = written.partition(".")
        module, _, name = f"{imported_as(source).get(root, root)}.{rest}".rpartition(".")
        names = [name]
    prefix = next((one for one in _OF_KERAS if module == one or module.startswith(one + ".")), None)
    today, setting = _TODAY.get(names[0], (names[0], None)) if written else (names[0], None)
    known = all(isinstance(getattr(keras.layers, name, None), type) for name in (today, *names[1:]))
    if prefix is None or not names or not known or not any("norm" in name.lower() for name in names):
        return None
    package = "tensorflow.keras" if prefix == "tensorflow.python.keras" else prefix if "." in prefix else "keras"
    renamed = None if written is None else f"{_holder(source, written, package)}.{today}"
    missing = Missing(names[0], None, False, False, None, f"{package}.layers", written, renamed, setting)
    return Call(names[0], "norm", "", location=place, raised=raised), missing


def _holder(source: Source, written: str, package: str) -> str:
    """How the program names the module of layers: by the beginning of what it wrote, where that is it."""
    known = imported_as(source)
    root, *rest = written.split(".")[:-1]
    for number in range(len(rest) + 1):
        own = ".".join((root, *rest[:number]))
        if f"{known.get(root, root)}{''.join(f'.{part}' for part in rest[:number])}" == f"{package}.layers":
            return own
    return f"{package}.layers"


def _named(source: Source, place: Location) -> Iterator[ast.expr]:
    """The whole chains of names on this line that begin with a module."""
    known = imported_as(source)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and covers(node, place.line):
            name = dotted(node)
            outer = source.parents.get(node)
            if name is not None and name.split(".")[0] in known and not isinstance(outer, ast.Attribute):
                yield node
