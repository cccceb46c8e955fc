"""A report as one JSON document, version 1."""

import json

from whynorm.report import Report


def render(report: Report) -> str:
    """The document, indented by two, with a newline at its end."""
    return json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n"
