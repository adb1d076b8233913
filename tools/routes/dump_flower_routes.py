"""Reads the routes out of the Flower installed beside this interpreter and prints them as one JSON document.

usage: dump_flower_routes.py > flower-X.Y.Z.json
"""

import inspect
import json
import sys
from importlib.metadata import version

METHODS = ("get", "post", "put", "patch", "delete")


def main():
    from flower.urls import handlers

    document = {"product": "flower", "version": version("flower"), "generatedBy": "live urls.handlers"}
    document["routes"] = sorted((row_of(handler) for handler in handlers), key=lambda row: row["path"])
    json.dump(document, sys.stdout, indent=1)
    print()


def row_of(handler):
    pattern, view = parts_of(handler)
    # The sign-in handler is a factory: what it makes is known at run time only, and answers GET.
    own = [name for name in METHODS if answers(view, name)] or ["get"]
    websocket = any(base.__name__ == "WebSocketHandler" for base in view.__mro__)
    source = "".join(inspect.getsource(getattr(view, name)) for name in own if name in vars(view))
    row = {
        "methods": ["GET"] if websocket else [name.upper() for name in own],
        "path": pattern,
        "endpoint": "{}.{}".format(view.__module__, view.__name__),
        "permissions": [],
        "auth": "authenticated" if "@web.authenticated" in source or is_guarded(view) else "none",
    }
    if websocket:
        row["websocket"] = True
    return row


def parts_of(handler):
    if isinstance(handler, tuple):
        return handler[0], handler[1]
    return handler.regex.pattern.rstrip("$"), handler.handler_class


def answers(view, name):
    """Whether the view implements the method itself, not only Tornado's 405."""
    from tornado.web import RequestHandler

    return getattr(view, name) is not getattr(RequestHandler, name)


def is_guarded(view):
    """Flower's API handlers check in `prepare`."""
    return any(base.__name__ in ("BaseApiHandler", "ControlHandler") for base in view.__mro__)


if __name__ == "__main__":
    main()
