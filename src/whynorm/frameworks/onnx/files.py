"""Models as they lie on disk."""

from pathlib import Path

from whynorm.errors import UsageError, first_line


def load(path: Path) -> object:
    """The model of an `.onnx` file. Raises `UsageError` for a file that is none."""
    if not path.is_file():
        raise UsageError(f"no such file: {str(path)!r}")
    try:
        import onnx
        import onnxruntime  # noqa: F401 - nothing is checked without it
    except ImportError as error:
        raise UsageError(f"an .onnx file needs {error.name}: pip install onnx onnxruntime") from None
    try:
        model = onnx.load(str(path))
    except Exception as error:  # noqa: BLE001 - whatever a file that is none makes the parser raise
        raise UsageError(f"{str(path)!r} is no .onnx file: {first_line(error)}") from None
    if not model.graph.node:
        raise UsageError(f"{str(path)!r} is no .onnx file, or one without nodes")
    return model
