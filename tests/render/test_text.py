"""The terminal's form of a report, against golden texts: `pytest --refresh-golden` writes them anew."""

import re
from pathlib import Path

import pytest

from whynorm.facts import Location, Raised, Reading
from whynorm.render.picture import picture
from whynorm.render.text import render
from whynorm.report import At, Cause, Finding, Fix, Framework, Layer, Report, Step

GOLDEN = Path(__file__).parent / "golden"
PATCH = """\
--- a/unet.py
+++ b/unet.py
@@ -41,1 +41,1 @@
-        self.norm = nn.InstanceNorm2d(outer)
+        self.norm = nn.Identity()
"""
CONV = Location("unet.py", 17, "self.conv = nn.Conv2d(inner, outer, 4, 2, 1)")
SIZES = (128, 64, 32, 16, 8, 4, 2, 1)
USED_UP = Finding(
    "one-value",
    "error",
    "InstanceNorm2d(512) averages over H and W, and here they are 1 x 1",
    layer=Layer("down7.norm", "InstanceNorm2d", "InstanceNorm2d(512)", Location("unet.py", 41, "self.norm = …")),
    location=Location("unet.py", 58, "x = self.norm(self.conv(x))"),
    input_shape=(1, 512, 1, 1),
    raised=Raised("ValueError", "Expected more than 1 spatial element when training, got input size [1, 512, 1, 1]"),
    causes=(
        Cause(
            "downsampled-away",
            "certain",
            "seven stride-2 convolutions divide H and W by 128, and 128 // 128 = 1",
            at=At("down1.conv", "Conv2d", CONV),
            steps=tuple(
                Step(f"down{n}.conv", "Conv2d", (1, 3, SIZES[n - 1], SIZES[n - 1]), (1, 9, SIZES[n], SIZES[n]), CONV)
                for n in range(1, 8)
            ),
            fixes=(
                Fix("feed images of at least 256 x 128", "input", "yours may be larger in H", verified=True),
                Fix("leave the norm out there", "model", "128 x 128 must stay", patch=PATCH, verified=True),
            ),
        ),
        Cause(
            "changed-resolution",
            "possible",
            "the network was built for larger images than the ones that are fed to it in this run",
            look_at="the size of the images that it was trained with",
            fixes=(Fix("feed the images at the size that the network was trained with", "data"),),
        ),
        Cause("global-pool", "possible", "a pooling"),
        Cause("vector-input", "possible", "a vector"),
    ),
    reading=Reading("instance", (2, 3), (0, 1), 1, channels=512),
    warnings=("pinning torch 1.7 brings a constant output back",),
)
LOWER = USED_UP._replace(
    layer=Layer("down8.norm", "InstanceNorm2d", "InstanceNorm2d(512)", Location("unet.py", 41, ""))
)
REPORTS = {
    "used_up": Report("run", Framework("torch", "2.13.0"), "raises", [USED_UP]),
    "handled": Report("run", Framework("torch"), "completes", [USED_UP._replace(causes=(), handled=True)]),
    "twice": Report("check", Framework("torch"), "raises", [USED_UP, LOWER]),
    "note": Report("check", Framework("torch"), "completes", [USED_UP._replace(severity="note", raised=None)]),
    "unknown": Report("check", Framework("torch"), "unknown", [], "the forward asks for a value: Tensor.item()"),
    "nothing": Report("run", Framework(None), "completes"),
}
READINGS = {
    "instance": (Reading("instance", (2, 3), (0, 1), 1, (1,), 8), (2, 8, 6, 6)),
    "batch": (Reading("batch", (0, 2, 3), (1,), 1, (1,), 8), (2, 8, 6, 6)),
    "batch, in inference": (Reading("batch", (0, 2, 3), (1,), 1, (1,), 8, source="running"), (2, 8, 6, 6)),
    "group": (Reading("group", (1, 2, 3), (0,), 1, (1,), 8, 4), (2, 8, 6, 6)),
    "layer": (Reading("layer", (2,), (0, 1), None, (2,)), (2, 50, 64)),
    "layer, over all": (Reading("layer", (1, 2, 3), (0,), None, (1, 2, 3)), (2, 8, 6, 6)),
    "unbatched": (Reading("instance", (1, 2), (0,), 0, unbatched=True), (2, 3, 64)),
}


def same(name: str, text: str, refresh: bool) -> None:
    path = GOLDEN / f"{name}.txt"
    if refresh:
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [60, 100])
def test_golden(name: str, width: int, refresh_golden: bool) -> None:
    same(f"{name}-{width}", render(REPORTS[name], width=width), refresh_golden)


@pytest.mark.parametrize("name", REPORTS)
def test_colour_adds_nothing_else(name: str) -> None:
    plain, coloured = (render(REPORTS[name], colour=colour, notes=True) for colour in (False, True))
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert "\x1b" not in plain


def test_notes_are_shown_when_asked_for() -> None:
    assert "averages over" not in render(REPORTS["note"])
    assert "note[one-value]" in render(REPORTS["note"], notes=True)


def test_pictures(refresh_golden: bool) -> None:
    parts = [f"{name}\n" + "\n".join(picture(*given)) for name, given in READINGS.items()]
    same("pictures", "\n\n".join(parts) + "\n", refresh_golden)
