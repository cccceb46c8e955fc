"""Files of ONNX are checked node by node, by what ONNX Runtime says."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
numpy = pytest.importorskip("numpy")

import whynorm  # noqa: E402
from tests.frameworks.onnx.models import norm, saved, unet  # noqa: E402
from whynorm.cli import main  # noqa: E402
from whynorm.errors import UsageError  # noqa: E402
from whynorm.frameworks.onnx.follow import follow  # noqa: E402

CASES: list[tuple[Any, tuple[int, ...], str, str | None, str | None]] = [
    (unet(2), (1, 3, 32, 32), "completes", None, None),
    (unet(2), (1, 3, 34, 32), "raises", "size-mismatch", "not-divisible"),
    (unet(2, scale=6), (1, 3, 32, 32), "raises", "channel-mismatch", "wrong-constructor-number"),
    (unet(3), (1, 3, 8, 8), "completes", "one-value", "downsampled-away"),
    (unet(2), (3, 32, 32), "raises", "wrong-rank", "missing-batch-axis"),
    (unet(2), (1, 4, 32, 32), "raises", "other-error", None),
    (norm("LayerNormalization", ("N", 8), (8,), (8,)), (2, 8), "completes", None, None),
    (norm("LayerNormalization", ("N", "F"), (8,), (8,)), (2, 6), "raises", "trailing-shape", None),
    (
        norm("BatchNormalization", ("N", "C", "H"), (4,), (4,), (4,), (4,)),
        (2, 6, 5),
        "raises",
        "channel-mismatch",
        None,
    ),
]


@pytest.mark.parametrize(("model", "shape", "outcome", "symptom", "cause"), CASES)
def test_what_shows(model: Any, shape: tuple[int, ...], outcome: str, symptom: str | None, cause: str | None) -> None:
    report = whynorm.check(model, shape)
    assert report.framework.name == "onnx"
    assert report.outcome == outcome
    findings = [finding for finding in report.findings if finding.severity != "note"]
    assert [finding.symptom for finding in findings] == ([symptom] if symptom else [])
    if cause is not None:
        assert findings[0].causes[0].cause == cause


@pytest.mark.parametrize(("model", "shape"), [row[:2] for row in CASES])
def test_the_whole_file_in_one_session_says_the_same(model: Any, shape: tuple[int, ...]) -> None:
    raised: Exception | None = None
    try:
        onnxruntime.set_default_logger_severity(4)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        session.run(None, {"x": numpy.zeros(shape, "f4")})
    except Exception as error:  # noqa: BLE001 - whatever the runtime raises is the answer
        raised = error
    assert whynorm.check(model, shape).outcome == ("completes" if raised is None else "raises")


@pytest.mark.parametrize(
    ("operator", "shape", "weights", "settings"),
    [
        ("InstanceNormalization", (2, 3, 4, 5), ((3,), (3,)), {}),
        ("LayerNormalization", (2, 3, 4), ((4,), (4,)), {}),
        ("LayerNormalization", (2, 3, 4), ((3, 4), (3, 4)), {"axis": 1}),
        ("BatchNormalization", (2, 3, 4, 5), ((3,), (3,), (3,), (3,)), {}),
        ("MeanVarianceNormalization", (2, 3, 4, 5), (), {}),
        ("LRN", (2, 3, 4, 5), (), {"size": 3}),
    ],
)
def test_what_a_norm_averages_over(
    operator: str, shape: tuple[int, ...], weights: tuple[tuple[int, ...], ...], settings: dict[str, Any]
) -> None:
    """A change at one position shows, for a norm of this input, in its own statistic and nowhere else."""
    model = norm(operator, shape, *weights, **settings)
    (call,) = follow(model, [shape], {}).trace.calls
    reading = call.reading
    assert reading is not None
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    before = numpy.random.default_rng(1).standard_normal(shape).astype("f4")
    after = before.copy()
    after[(0,) * len(shape)] += 3
    first, second = (session.run(None, {"x": array})[0] for array in (before, after))
    if reading.source == "running":
        reached = numpy.zeros(shape, bool)
        reached[(0,) * len(shape)] = True
    else:
        reached = numpy.ones(shape, bool)
        for axis in range(len(shape)):
            if axis not in reading.averages:
                reached &= numpy.indices(shape)[axis] == 0
    changed = ~numpy.isclose(first, second, atol=1e-6)
    assert not changed[~reached].any()
    assert changed[reached].mean() > 0.4


def test_the_command_loads_no_torch(tmp_path: Path) -> None:
    name = saved(unet(2), tmp_path)
    code = (
        "import sys; from whynorm.cli import main; "
        f"status = main(['check', {name!r}, '-i', '1,3,34,32']); "
        "print(status, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "1 False"
    assert "pad the input to 36 x 32" in done.stdout


def test_bad_files_and_inputs_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "no.onnx").write_bytes(b"no model")
    (tmp_path / "empty.onnx").write_bytes(b"")
    for name in ("no.onnx", "empty.onnx", "none.onnx"):
        assert main(["check", str(tmp_path / name), "-i", "1,3,32,32"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    for inputs in ((), ((1, 3, 8, 8), (1,))):
        with pytest.raises(UsageError, match=r"the file takes x \(N, 3, H, W\)"):
            whynorm.check(unet(2), *inputs)
