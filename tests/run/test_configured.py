"""Numbers that come to a layer from a configuration: the one that is wrong is changed where it is written."""

import importlib.util
import sys
import textwrap
from pathlib import Path

import pytest

import whynorm
from whynorm.report import Report

# A § stands in each number that is wrong, so that it is written in the program alone, and not here too.
HEAD = "import json\nimport torch\nfrom torch import nn\n"
NET = """
    class Net(nn.Module):
        def __init__(self, width, norm):
            super().__init__()
            print("building")
            self.conv = nn.Conv2d(3, width, 3)
            self.norm = nn.BatchNorm2d(**norm)

        def forward(self, x):
            return self.norm(self.conv(x))
"""

LAYERS = """
    LAYERS = [("conv", 3, 8), ("norm", 8), ("conv", 8, 16), ("norm", §8)]

    class Net(nn.Module):
        def __init__(self, layers):
            super().__init__()
            kinds = {"conv": lambda a, b: nn.Conv2d(a, b, 3), "norm": nn.BatchNorm2d}
            self.body = nn.Sequential(*(kinds[kind](*given) for kind, *given in layers))

        def forward(self, x):
            return self.body(x)

    def main():
        Net(LAYERS)(torch.rand(2, 3, 9, 9))
"""

TEXT = f"""{NET}
    TEXT = '''{{"seed": 8, "width": 16,
               "norm": {{"num_features": §8, "eps": 1e-5}}}}'''

    def main():
        config = json.loads(TEXT)
        Net(config["width"], config["norm"])(torch.rand(2, 3, 9, 9))
"""

DEFAULTS = f"""{NET}
    DEFAULTS = {{"width": 16, "norm": {{"num_features": §4, "momentum": 0.01}}, "more": {{"width": 4}}}}

    def main():
        config = dict(DEFAULTS)
        model = Net(config["width"], norm=config["norm"])
        model(torch.rand(2, 3, 9, 9))
"""

TO_A_CONSTRUCTOR = """
    from types import SimpleNamespace

    OPTIONS = SimpleNamespace(width=12, groups=§8)

    class Net(nn.Module):
        def __init__(self, options):
            super().__init__()
            settings = {"num_channels": options.width, "num_groups": options.groups}
            self.norm = nn.GroupNorm(**settings)

    def main():
        Net(OPTIONS)
"""


def explained(text: str, folder: Path, name: str) -> Report:
    file = folder / f"{name}.py"
    file.write_text(HEAD + textwrap.dedent(text).replace("§", "").replace("Net", f"Net_{name}"))
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    with pytest.raises((RuntimeError, ValueError)) as raised:
        module.main()
    return whynorm.why(raised.value)


CASES = {
    "layers": (LAYERS, '("conv", 8, 16), ("norm", 16)]'),
    "text": (TEXT, '"norm": {"num_features": 16, "eps": 1e-5}'),
    "defaults": (DEFAULTS, '"norm": {"num_features": 16, "momentum": 0.01}'),
    "options": (TO_A_CONSTRUCTOR, "SimpleNamespace(width=12, groups="),
}


@pytest.mark.parametrize("name", CASES)
def test_the_number_is_changed_where_it_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text, becomes = CASES[name]
    monkeypatch.chdir(tmp_path)
    report = explained(text, tmp_path, f"configured_{name}")
    said = capsys.readouterr().out
    patches = [fix.patch for cause in report.findings[0].causes for fix in cause.fixes if fix.patch]
    added = [line for line in patches[0].splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert len(added) == 1
    assert becomes in added[0]
    assert said.count("building") <= 1


def test_a_number_that_two_places_may_give_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    twice = TEXT.replace("def main", "OTHER = '\"num_features\": §8'\n\n    def main")
    report = explained(twice, tmp_path, "configured_twice")
    fixes = [fix for cause in report.findings[0].causes for fix in cause.fixes]
    assert fixes[0].patch is None


def test_a_constructor_that_leaves_a_trace_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    counting = TEXT.replace('print("building")', "Net.built = getattr(Net, 'built', 0) + 1")
    report = explained(counting, tmp_path, "configured_counting")
    assert report.findings[0].causes[0].fixes[0].patch is None
    assert sys.modules["configured_counting"].Net_configured_counting.built == 1
