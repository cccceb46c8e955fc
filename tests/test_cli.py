"""Bad input: one clear line and exit status 2, whatever it is."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from whynorm.cli import main

FILES = {
    "junk.py": b"\x00\xff\xfe junk \x80",
    "syntax.py": b"def f(:\n",
    "missing.py": b"import a_module_that_is_not_there\n",
    "exits.py": b"raise SystemExit(3)\n",
    "raises.py": b"raise ValueError('first line\\nsecond line')\n",
    "number.py": b"x = 5\n",
    "quits.py": b"import sys\ndef make():\n    sys.exit(4)\n",
    "bad.keras": b"junk",
}

USAGE = {
    "chek": "did you mean 'check'?",
    "number.py": "did you mean `whynorm run number.py`?",
    "check junk.py:Net -i 1,3": "junk.py is no Python",
    "check syntax.py:Net -i 1,3": "syntax.py is no Python: invalid syntax, line 1",
    "check missing.py:Net -i 1,3": "missing.py does not import: ModuleNotFoundError",
    "check exits.py:Net -i 1,3": "exits.py ends the program when it is imported (exit status 3)",
    "check raises.py:Net -i 1,3": "raises.py does not import: ValueError: first line",
    "check number.py:x -i 1,3": "an object of type int is no model",
    "check number.py:y -i 1,3": "number.py has no 'y'",
    "check quits.py:make() -i 1,3": "make() ends the program (exit status 4)",
    "check number.py:x( -i 1,3": "is no Python expression",
    "check number.py -i 1,3": "names no model",
    "check nofile.py:Net -i 1,3": "no such file: nofile.py",
    "check no.such.module:Net -i 1,3": "no.such.module does not import",
    "check none.onnx -i 1,3": "no such file: none.onnx",
    "check bad.keras -i 1,3": "is no .keras file",
    "check torch.nn:Liner(3,4) -i 2,3": "did you mean 'Linear'?",
    "check torch.nn:Linear -i 2,3": "needs in_features, out_features",
    "check torch.nn:Linear(3,4) -i 2,3:flot32": "torch has no type 'flot32'",
    "check torch.nn:Linear(3,4) -i 2,-3": "'-3' is no size",
    "check torch.nn:Linear(3,4) -i 2,H": "'H' is no size",
    "check torch.nn:Linear(3,4) -i 99999999999999999999,3": "is no shape",
    "check torch.nn:Linear(3,4)": "missing a required argument",
    "check torch.nn:Linear(3,4) -i 2,3 -i 2,3": "too many positional arguments",
    "sizes torch.nn:Linear(3,4) -i 2,3": "sizes wants an unknown",
    "sizes torch.nn:Linear(3,4) -i N,3 --range N=5..2": "bad range for N",
    "sizes torch.nn:Linear(3,4) -i N,3 --range Q=1..2": "no input has the unknown 'Q'",
    "why .": "cannot read .",
    "why nofile.txt": "cannot read nofile.txt",
    "why --bogus": "why knows no option",
    "why a b": "why reads one text",
    "explain one-valu": "did you mean one-value?",
    "run": "run wants a program",
    "run nofile.py": "no such file",
    "run --bogus number.py": "no such option of run",
    "run -m": "-m wants the name of a module",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in [*FILES, "typo.py"]:
        sys.modules.pop(name.partition(".")[0], None)


@pytest.mark.parametrize("line", USAGE)
def test_bad_input_is_one_line_and_2(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split(" ")) == 2
    said = capsys.readouterr()
    assert not said.out
    ours = [one for one in said.err.splitlines() if one.startswith("whynorm: ")]
    assert len(ours) == 1
    assert USAGE[line] in ours[0]


def test_options_that_there_are_not_are_told_by_the_commands_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", "torch.nn:Linear(3,4)", "-i", "2,3", "--bogus"])
    assert ended.value.code == 2
    assert "--bogus" in capsys.readouterr().err


def test_a_name_that_is_not_defined_is_no_missing_layer(capsys: pytest.CaptureFixture[str]) -> None:
    Path("typo.py").write_text(
        "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return y\n"
    )
    assert main(["check", f"{os.getcwd()}/typo.py:Net()", "-i", "1,3", "--json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["symptom"] == "other-error"
    assert finding["location"]["line"] == 4
