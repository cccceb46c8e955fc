"""`whynorm explain [NAME]`: the page of one symptom or cause; without a name, the list."""

import argparse
import difflib
import inspect
import json
import shutil
import sys
from collections.abc import Mapping

from whynorm.catalogue import load_cause, load_symptom, names
from whynorm.errors import UsageError
from whynorm.render.page import render, title_of
from whynorm.report import SCHEMA
from whynorm.streams import colour_on

EXAMPLES = """\
examples:
  whynorm explain
  whynorm explain one-value
  whynorm explain last-batch --json
"""


def main(arguments: list[str]) -> int:
    """Run the command; the exit status. A name that is none is a usage error."""
    options = _parser().parse_args(arguments)
    if options.name is None:
        sys.stdout.write(_list(as_json=options.json))
        return 0
    document = _page(options.name.removesuffix(":").strip("[]"))
    if options.json:
        sys.stdout.write(_json(document))
        return 0
    colour = colour_on(sys.stdout)
    width = min(shutil.get_terminal_size().columns, 100)
    sys.stdout.write(render(str(document["page"]), colour=colour, width=width))
    return 0


def _page(name: str) -> dict[str, object]:
    if name in names("symptoms"):
        symptom = load_symptom(name)
        return {"name": name, "kind": "symptom", "page": _headed(name, symptom.page), "causes": list(symptom.causes)}
    if name in names("causes"):
        cause = load_cause(name)
        return {"name": name, "kind": "cause", "page": _headed(name, cause.page), "symptoms": _symptoms_of(name)}
    near = difflib.get_close_matches(name, [*names("symptoms"), *names("causes")], n=2, cutoff=0.5)
    meant = f"did you mean {' or '.join(near)}?" if near else "`whynorm explain` lists them"
    raise UsageError(f"no symptom or cause is called {name!r}: {meant}")


def _headed(name: str, page: str) -> str:
    return f"# {name}\n\n{inspect.cleandoc(page)}"


def _symptoms_of(cause: str) -> list[str]:
    return [symptom for symptom in names("symptoms") if cause in load_symptom(symptom).causes]


def _list(*, as_json: bool) -> str:
    rows = {
        "symptoms": [(name, title_of(load_symptom(name).page)) for name in names("symptoms")],
        "causes": [(name, title_of(load_cause(name).page)) for name in names("causes")],
    }
    if as_json:
        return _json({kind: [{"name": name, "says": says} for name, says in entries] for kind, entries in rows.items()})
    wide = max(len(name) for entries in rows.values() for name, _ in entries)
    lines = []
    for kind, heading in (("symptoms", "Symptoms: what shows"), ("causes", "Causes: what made it so")):
        lines += [heading, "", *(f"  {name:<{wide}}  {says}" for name, says in rows[kind]), ""]
    return "\n".join([*lines, "`whynorm explain NAME` shows the page of one.", ""])


def _json(document: Mapping[str, object]) -> str:
    return json.dumps({"schema": SCHEMA, "command": "explain", **document}, indent=2, ensure_ascii=False) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="whynorm explain",
        description="The page of one symptom or cause; without a name, the list.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a symptom or a cause: one-value, last-batch …")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser
