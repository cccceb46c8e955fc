"""Runs `whynorm run` on every program of this folder and compares with what a competent maintainer would answer.

    python tests/programs/score.py [--only WORD …] [--show] [--quick] [--jobs N]

`faulty/` holds programs with one fault each and `expected.toml` the answers; `healthy/` must give no error or warning;
`unrelated/` crash for reasons that are not ours, and must give no finding at all. The last line is the summary.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
POINTS = ("symptom", "cause", "line", "fix", "patch")
TIME_LIMIT = 120


class Ended(NamedTuple):
    """How a program ended."""

    status: int
    output: str
    errors: str


class Verdict(NamedTuple):
    """What an answer gets right: True, False, or None where it is not asked for."""

    kind: str
    name: str
    points: dict[str, bool | None]
    harm: str
    """What was changed of the program's own behaviour; empty if nothing."""
    answer: str
    told: str

    @property
    def good(self) -> bool:
        return not self.harm and all(point is not False for point in self.points.values())


def expected() -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / "expected.toml").read_text())


def programs(kind: str) -> list[str]:
    """The names of the programs of `faulty`, `healthy` or `unrelated`."""
    return sorted(path.stem for path in (HERE / kind).iterdir() if not path.name.startswith((".", "_")))


def judge(kind: str, name: str, *, quick: bool = False) -> Verdict:
    """Run one program under plain python and under whynorm, and judge the answer.

    `quick`: not under plain python, and only the first patch is applied.
    """
    with tempfile.TemporaryDirectory() as folder:
        script = _copy(kind, name, Path(folder) / "plain")
        plain = None if quick else _run([script.name], script.parent)
        script = _copy(kind, name, Path(folder) / "explained")
        told, document = _explained(script)
        harm = _harm(plain or told, told)
        findings = [] if document is None else document["findings"]
        if document is None:
            harm = harm or "no JSON written"
        if kind == "faulty":
            points, answer = _faulty(name, script, document or {"outcome": None, "findings": []}, Path(folder), quick)
        else:
            quiet = ("error", "warning") if kind == "healthy" else ("error", "warning", "note")
            loud = [finding for finding in findings if finding["severity"] in quiet]
            points, answer = {"quiet": not loud}, " ".join(finding["symptom"] for finding in loud)
        return Verdict(kind, name, points, harm, answer, told.errors)


def _copy(kind: str, name: str, folder: Path) -> Path:
    """A fresh copy of the program in the folder; the path of what is to be run."""
    source = HERE / kind / name
    if source.is_dir():
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
        return folder / "main.py"
    folder.mkdir(parents=True)
    return Path(shutil.copy(source.with_suffix(".py"), folder))


def _run(command: list[str], folder: Path) -> Ended:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(
            [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=TIME_LIMIT
        )
    except subprocess.TimeoutExpired:
        return Ended(-1, "", f"more than {TIME_LIMIT} s")
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def _explained(script: Path) -> tuple[Ended, dict[str, Any] | None]:
    result = script.parent.parent / "answer.json"
    result.unlink(missing_ok=True)
    ended = _run(["-m", "whynorm", "run", "--json", str(result), script.name], script.parent)
    return ended, json.loads(result.read_text()) if result.exists() else None


def _harm(plain: Ended, told: Ended) -> str:
    if plain.status != told.status:
        return f"exit status {told.status} instead of {plain.status}"
    if plain.output != told.output:
        return "other output"
    if "whynorm" in told.errors and "/src/whynorm/" in told.errors:
        return "our own frames on standard error"
    return ""


def _faulty(
    name: str, script: Path, document: dict[str, Any], folder: Path, quick: bool
) -> tuple[dict[str, bool | None], str]:
    truth = expected()[name]
    found = _main_finding(truth, document["findings"])
    if found is None:
        return {**dict.fromkeys(POINTS, False), "patch": False if truth["patch"] else None}, "nothing"
    causes = found["causes"]
    first = causes[0]["cause"] if causes else ""
    symptom = found["symptom"] == truth["symptom"]
    told_so = document["outcome"] == truth["outcome"] and found["handled"] == truth["handled"]
    patches = [fix["patch"] for cause in causes for fix in cause["fixes"] if fix["patch"]]
    if quick:
        patches = patches[:1]
    works = [_patched(truth["symptom"], script, patch, folder / f"patched{i}") for i, patch in enumerate(patches)]
    points: dict[str, bool | None] = {
        "symptom": symptom and told_so,
        "cause": symptom and first in truth["causes"],
        "line": any(text in truth["lines"] for text in _pointed(found, script)),
        "fix": any(fix["verified"] for cause in causes for fix in cause["fixes"]),
        "patch": (works[0] if works else False) if truth["patch"] or works else None,
    }
    answer = f"{found['symptom']} {first or '(no cause)'}"
    if not told_so:
        answer += f" [{document['outcome']}, handled {found['handled']}]"
    if not all(works):
        answer += f" [{works.count(False)} of {len(works)} patches fail]"
    return points, answer


def _main_finding(truth: dict[str, Any], findings: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The finding that a user reads as the answer: the first that is as severe as expected."""
    severities = ("error", "warning", "note")
    enough = severities[: severities.index(truth["severity"]) + 1]
    return next((finding for finding in findings if finding["severity"] in enough), None)


def _pointed(finding: dict[str, Any], script: Path) -> Iterator[str]:
    """The texts of the lines to which an answer points."""
    first = finding["causes"][:1]
    places = [finding["location"], (finding["layer"] or {}).get("location")]
    places += [cause["at"]["location"] for cause in first if cause["at"]]
    for place in places:
        if place is None:
            continue
        for path in script.parent.rglob(Path(place["file"]).name):
            lines = path.read_text().splitlines()
            if 0 < place["line"] <= len(lines):
                yield lines[place["line"] - 1].strip()
    for cause in first:
        for fix in cause["fixes"]:
            for line in (fix["patch"] or "").splitlines():
                if line.startswith("-") and not line.startswith("---"):
                    yield line[1:].strip()


def _patched(symptom: str, script: Path, patch: str, folder: Path) -> bool:
    """Whether the patch applies and the program then completes without the symptom."""
    shutil.copytree(script.parent, folder / "program", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "fix.patch").write_text(patch)
    applied = subprocess.run(
        ["git", "apply", "-p1", "../fix.patch"],
        cwd=folder / "program",
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
    )
    if applied.returncode != 0:
        return False
    ended, document = _explained(folder / "program" / script.name)
    return ended.status == 0 and all(
        finding["symptom"] != symptom or finding["severity"] == "note"
        for finding in (document or {}).get("findings", [])
    )


def main() -> int:
    """Score the programs; 1 where a healthy or unrelated one got a word, or any program was harmed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="*", help="words of which a program's kind or name holds one")
    parser.add_argument("--show", action="store_true", help="what was told, for each answer that is not right")
    parser.add_argument("--quick", action="store_true", help="without plain python, and with the first patch only")
    parser.add_argument("--jobs", type=int, default=2)
    wanted = parser.parse_args()
    chosen = [
        (kind, name)
        for kind in ("faulty", "healthy", "unrelated")
        for name in programs(kind)
        if not wanted.only or any(word in f"{kind}/{name}" for word in wanted.only)
    ]
    counts: dict[str, list[int]] = {}
    worst = False
    with ThreadPoolExecutor(wanted.jobs) as pool:
        for verdict in pool.map(lambda one: judge(*one, quick=wanted.quick), chosen):
            marks = "  ".join(f"{key} {'-' if v is None else 'ok' if v else 'NO'}" for key, v in verdict.points.items())
            print(
                f"{'    ' if verdict.good else '-> '}{verdict.kind}/{verdict.name}: {marks}  {verdict.answer}",
                flush=True,
            )
            worst = worst or bool(verdict.harm) or (verdict.kind != "faulty" and not verdict.good)
            if verdict.harm:
                print(f"      harm: {verdict.harm}")
            if wanted.show and not verdict.good:
                print("".join(f"      | {line}\n" for line in verdict.told.splitlines()), end="")
            for key, value in {**verdict.points, "unharmed": not verdict.harm}.items():
                if value is not None:
                    tally = counts.setdefault(f"{verdict.kind} {key}", [0, 0])
                    tally[0] += value
                    tally[1] += 1
    print("; ".join(f"{key} {right}/{total}" for key, (right, total) in counts.items()))
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
