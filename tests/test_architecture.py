"""The arrows between the rooms point one way, and the light paths stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "whynorm"

ALLOWED = {
    "errors": set(),
    "facts": set(),
    "report": {"facts", "render"},  # `str(report)` asks the renderer
    "catalogue": {"facts", "report"},
    "texts": {"facts", "report", "errors", "catalogue", "source"},
    "source": {"facts"},
    "fixes": {"facts", "source"},
    "render": {"facts", "report", "catalogue"},
}
"""What each of these rooms may import of the others; the rest of the package stands above all of them."""

FRAMEWORKS = {"torch", "keras", "tensorflow", "jax", "flax", "onnx", "onnxruntime"}
MAY_IMPORT_FRAMEWORKS = {"frameworks", "sizing", "keras"}


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            if node.module == "whynorm":
                names |= {f"whynorm.{alias.name}" for alias in node.names}
    return names


FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_arrows_point_one_way(path: Path) -> None:
    names = imported(path)
    here = room(path)
    if here not in MAY_IMPORT_FRAMEWORKS:
        assert not {name.split(".")[0] for name in names} & FRAMEWORKS, "only a framework's room imports it"
    if here in ALLOWED:
        others = {name.split(".")[1] for name in names if name.startswith("whynorm.")} - {here}
        assert others <= ALLOWED[here], (
            f"{here} may import {sorted(ALLOWED[here])}, not {sorted(others - ALLOWED[here])}"
        )


@pytest.mark.parametrize("statement", ["import whynorm", "import whynorm; whynorm.why('ValueError: x')"])
def test_no_framework_is_loaded_unasked(statement: str) -> None:
    heavy = sorted(FRAMEWORKS | {"numpy", "libcst", "rich"})
    code = f"import sys; {statement}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_leads_to_its_file() -> None:
    from whynorm.catalogue import load_cause, load_symptom, names

    for name in names("symptoms"):
        symptom = load_symptom(name)
        assert symptom.name == name
        for cause in symptom.causes:
            assert load_cause(cause).name == cause
    assert all(load_cause(name).name == name for name in names("causes"))
