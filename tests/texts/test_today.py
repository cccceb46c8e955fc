"""What today's frameworks say when their layers fail is recognised: the failures are made, not written down."""

import json
import subprocess
import sys
import traceback
import warnings
from typing import Any

import pytest

from tests.fuzz import torch as drawn
from whynorm.texts.wordings import recognise
from whynorm.why import why_text

CASES = 900
RARE = ("vector_norm", "can't be cast", "proper Tensor", "division or modulo")
"""Parts of what functions say that are no layers, or are given what no layer gives them."""


def _made(case: drawn.Case) -> Any:
    try:
        return case.make()
    except (ValueError, ZeroDivisionError):
        return None


def test_torch_norms() -> None:
    missed, failed = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, case in drawn.cases("norms", 11):
            if number >= CASES:
                break
            layer = _made(case)
            outcome = drawn.real(case, layer) if layer is not None else None
            if outcome is None or outcome.raised is None or outcome.message is None:
                continue
            failed += 1
            if recognise(outcome.message, "torch") is None and not any(part in outcome.message for part in RARE):
                missed.append(outcome.message)
    assert failed > 200
    assert not missed


def test_torch_tracebacks_are_read_as_pasted() -> None:
    told = asked = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, case in drawn.cases("norms", 12):
            if number >= 120:
                break
            layer = _made(case)
            if not hasattr(layer, "forward"):
                continue
            try:
                layer(*(drawn._tensor(*given) for given in case.inputs))
            except Exception:  # noqa: BLE001  whatever the framework raises is what is asked for
                asked += 1
                report = why_text([traceback.format_exc()])
                told += bool(report.findings)
                assert all(finding.raised is not None for finding in report.findings)
    assert asked > 20
    assert told >= 0.95 * asked


def _flax_failures() -> list[str]:
    jax = pytest.importorskip("jax")
    linen: Any = pytest.importorskip("flax.linen")
    key = jax.random.PRNGKey(0)
    x = jax.numpy.ones((2, 4, 4, 6))
    found = []

    def fails(call: Any) -> None:
        with pytest.raises(Exception) as caught:  # noqa: PT011  the framework's own exceptions are what is asked
            call()
        found.append(f"{type(caught.value).__name__}: {caught.value}")

    norm = linen.BatchNorm(use_running_average=False)
    variables = norm.init(key, x)
    fails(lambda: norm.apply(variables, x))
    fails(lambda: norm.apply({"params": variables["params"]}, x, mutable=[]))
    fails(lambda: linen.BatchNorm().init(key, x))
    fails(lambda: linen.GroupNorm(num_groups=4).init(key, x))
    fails(lambda: linen.GroupNorm(num_groups=None, group_size=4).init(key, x))
    fails(lambda: norm.apply(variables, jax.numpy.ones((2, 4, 4, 8)), mutable=["batch_stats"]))
    fails(lambda: linen.Dense(3).apply(linen.Dense(3).init(key, x), jax.numpy.ones((2, 8))))
    fails(lambda: linen.Conv(3, (3, 3)).apply(linen.Conv(3, (3, 3)).init(key, x), jax.numpy.ones((2, 4, 4, 8))))
    return found


def test_flax() -> None:
    for message in _flax_failures():
        report = why_text([f'  File "/x/site-packages/flax/linen/module.py", line 1, in __call__\n{message}\n'])
        assert report.findings, message
        assert report.framework.name in ("flax", "jax"), message


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_keras(backend: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.texts.keras_failures", backend], capture_output=True, text=True, check=True
    )
    said = [message for message in json.loads(done.stdout) if message]
    assert len(said) > 20
    for message in said:
        frame = '  File "/x/site-packages/keras/src/layers/normalization/layer.py", line 1, in build\n    norm\n'
        report = why_text([f"{frame}{message}\n"])
        assert report.findings, message
        assert report.framework.name in ("keras", "tensorflow", "torch"), message
