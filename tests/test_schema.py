"""What the commands print under `--json` is what the published schema says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "src" / "whynorm" / "schema" / "whynorm-1.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

COMMANDS = [
    ("why", "pasted.txt", "--json"),
    ("check", "used_up.py:Encoder()", "-i", "4,3,128,128", "--json"),
    ("check", "channels_last/train.py:build()", "-i", "4,64,96,3", "--json"),
    ("sizes", "used_up.py:Encoder()", "-i", "1,3,H,W", "--range", "H=1..300", "--range", "W=1..300", "--json"),
    ("explain", "one-value", "--json"),
    ("explain", "--json"),
]


def whynorm(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "examples" / "channels_last")}
    return subprocess.run(
        [sys.executable, "-m", "whynorm", *arguments],
        cwd=ROOT / "examples",
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_document_is_of_the_schema(command: tuple[str, ...]) -> None:
    done = whynorm(*command)
    assert done.returncode in (0, 1), done.stderr
    VALIDATOR.validate(json.loads(done.stdout))


def test_the_document_of_a_run_is_of_the_schema(tmp_path: Path) -> None:
    document = tmp_path / "report.json"
    done = whynorm("run", "--json", str(document), "used_up.py")
    assert done.returncode == 1
    report = json.loads(document.read_text(encoding="utf-8"))
    VALIDATOR.validate(report)
    assert report["findings"][0]["symptom"] == "one-value"


def test_the_schema_refuses_what_is_no_report() -> None:
    assert not VALIDATOR.is_valid({"schema": "whynorm/1", "command": "check", "findings": [{}]})
