"""Every fenced example of every page is run against the framework that it names, and answers as its page says.

`fails` raises, or `whynorm.check` finds the page's symptom in its `model` and `inputs`; `works` runs; `silent` runs
too and is wrong all the same, which its own assertions state (or `check`, as a warning or a note).
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

import whynorm
from whynorm.catalogue import load_cause, load_symptom, names

FENCE = re.compile(r"```python (fails|silent|works) (\w+)\n(.*?)```", re.DOTALL)
FRAMEWORKS = ("torch", "keras", "flax")


def examples() -> Iterator[Any]:
    """One for each fence: the page, the tag, the framework, the code."""
    for kind in ("symptoms", "causes"):
        for name in names(kind):
            page = (load_symptom(name) if kind == "symptoms" else load_cause(name)).page
            for number, (tag, framework, code) in enumerate(FENCE.findall(page)):
                if framework in FRAMEWORKS:
                    yield pytest.param(kind, name, tag, framework, code, id=f"{name}-{number}-{tag}")


@pytest.mark.parametrize(("kind", "name", "tag", "framework", "code"), examples())
def test_example(kind: str, name: str, tag: str, framework: str, code: str) -> None:
    pytest.importorskip(framework)
    namespace: dict[str, Any] = {"__name__": "example"}
    raised: Exception | None = None
    try:
        exec(compile("\n".join(line[4:] for line in code.splitlines()), f"<{name}>", "exec"), namespace)
    except Exception as error:  # noqa: BLE001 what an example raises is what is looked at
        raised = error
    if tag == "works":
        assert raised is None
        if "inputs" in namespace:
            report = whynorm.check(namespace["model"], *namespace["inputs"])
            assert not [finding for finding in report.findings if finding.severity != "note"], str(report)
        return
    symptoms = [name] if kind == "symptoms" else [s for s in names("symptoms") if name in load_symptom(s).causes]
    if tag == "silent":
        assert raised is None
        if "inputs" in namespace:
            report = whynorm.check(namespace["model"], *namespace["inputs"])
            assert {finding.symptom for finding in report.findings} & set(symptoms), str(report)
        else:
            assert "assert " in code, "nothing states what is wrong"
        return
    if raised is not None:
        report = whynorm.why(raised)
    else:
        report = whynorm.check(namespace["model"], *namespace["inputs"])
    assert report.findings, "the example fails for nobody"
    assert report.findings[0].symptom in symptoms, str(report)


@pytest.mark.parametrize("kind", ["symptoms", "causes"])
def test_each_page_starts_with_a_sentence(kind: Any) -> None:
    for name in names(kind):
        page = (load_symptom(name) if kind == "symptoms" else load_cause(name)).page
        assert page.split("\n\n")[0].strip().endswith("."), name


def test_each_cause_belongs_to_a_symptom() -> None:
    listed = {cause for name in names("symptoms") for cause in load_symptom(name).causes}
    assert listed <= set(names("causes"))
