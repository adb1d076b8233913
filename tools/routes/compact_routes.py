"""Writes a dumped route table in the short form that test/catalog/routes keeps.

usage: compact_routes.py DUMP.json... OUT_DIR

JSON Lines: the head (product, version, ui), then one row a line: `methods` without HEAD and OPTIONS, `path` as the router spells it, `needs` = what Airflow or Flower
itself demands, all of which must hold, `denied` where nobody can use the route, `app` and the order of rows where the
first match wins (Airflow 3).
"""

import json
import sys
from pathlib import Path

UNJUDGED = {"HEAD", "OPTIONS"}


def demand_of(entry):
    """One demand as text: `kind:METHOD:ENTITY` in Airflow 3, `action.resource` in Airflow 1 and 2."""
    if isinstance(entry, list):
        return ".".join(entry)
    if entry["kind"] == "fab-permission":
        return f"fab:{entry['action']}:{entry.get('entity', '')}".rstrip(":")
    words = [entry["kind"], entry.get("method", ""), entry.get("entity", "")]
    while words and not words[-1]:
        words.pop()
    return ":".join(words)


def row_of(route):
    methods = sorted(set(route["methods"]) - UNJUDGED)
    if not methods:
        return None
    row = {"methods": methods, "path": route["path"]}
    if "app" in route:
        row["app"] = route["app"]
    needs = [demand_of(entry) for entry in route.get("requires", route.get("permissions")) or []]
    needs += [f"inline:{name}" for name in route.get("inline", [])]
    if not needs:
        needs = [route["auth"]] if "auth" in route else ["none"]
    row["needs"] = needs
    if route.get("alwaysDenied"):
        row["denied"] = True
    return row


def compact(path):
    table = json.loads(path.read_text())
    routes = sorted(table["routes"], key=lambda route: (route.get("app", ""), route.get("order", 0), route["path"], route["methods"]))
    head = {"product": table["product"], "version": table["version"]}
    if "ui" in table:
        head["ui"] = table["ui"]
    rows = [row for row in map(row_of, routes) if row]
    return "".join(json.dumps(line) + "\n" for line in [head, *rows])


def main(arguments):
    *dumps, out = arguments
    for dump in map(Path, dumps):
        Path(out, dump.stem + ".jsonl").write_text(compact(dump))


if __name__ == "__main__":
    main(sys.argv[1:])
