"""Lines that copy the parameters of a network and leave out its buffers."""

from pathlib import Path

import pytest

from whynorm.source.averaged import averaged_in

EMA = ("ema", "net", False)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("for a, b in zip(ema.parameters(), net.parameters()):\n    a.mul_(0.9).add_(b, alpha=0.1)", EMA),
        ("for (_, a), (_, b) in zip(net.named_parameters(), ema.named_parameters()):\n    b.data = a", EMA),
        ("torch._foreach_lerp_(list(ema.parameters()), list(net.parameters()), 0.1)", EMA),
        ("vector_to_parameters(parameters_to_vector(net.parameters()), ema.parameters())", EMA),
        (
            "for each in zip(server.parameters(), *(c.parameters() for c in clients)):\n    each[0].copy_(each[1])",
            ("server", "(c.buffers() for c in clients)", True),
        ),
        ("for a, b in zip(ema.parameters(), net.parameters()):\n    print((a - b).norm())", None),
        ("torch._foreach_mul_(list(ema.parameters()), 0.9)", None),
        ("torch._foreach_norm(list(ema.parameters()))", None),
    ],
)
def test_a_line_that_copies_parameters(tmp_path: Path, written: str, wanted: tuple[object, ...] | None) -> None:
    file = tmp_path / "program.py"
    file.write_text(written)
    found = averaged_in([str(file)])
    assert (None if found is None else (found.into, found.of, found.several)) == wanted
