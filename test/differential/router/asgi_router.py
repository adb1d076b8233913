"""uvicorn's target handling over its two parsers, then Starlette's own routes, in the order Airflow 3 adds them."""
from urllib.parse import unquote

import h11
import httptools
from starlette.routing import Match, Mount, Route
from werkzeug.routing import Map, Rule

from seen import refused, request_bytes, seen
from wsgi_router import match as match_wsgi

MOUNTS = {"execution": "/execution", "auth": "/auth", "fab": "/auth", "edge3": "/edge_worker"}


async def endpoint(_request):
    raise AssertionError("a route is matched here, never run")


def route_of(index, row, below):
    route = Route(row["path"][len(below):] or "/", endpoint, name=str(index))
    route.path_regex, route.path_format, route.param_convertors = compiled(row["path"][len(below):])
    route.methods = set(row["methods"]) | ({"HEAD"} if "GET" in row["methods"] else set())
    return route


def compiled(path):
    from starlette.routing import compile_path

    return compile_path(path)


def flask_rule(index, row, below):
    path = row["path"][len(below):].replace(":path}", "}\0")
    while "}\0" in path:
        end = path.index("}\0")
        start = path.rindex("{", 0, end)
        path = "%s<path:%s>%s" % (path[:start], path[start + 1:end], path[end + 2:])
    path = path.replace("{", "<").replace("}", ">")
    return Rule(path or "/", endpoint=str(index), methods=row["methods"])


class AsgiRouter:
    def __init__(self, rows, prefix, parser):
        self.prefix = prefix
        self.target = {"httptools": httptools_target, "h11": h11_target}[parser]
        self.inner = {}
        routes = []
        numbered = list(enumerate(rows))
        for app, below in MOUNTS.items():
            own = [(index, row) for index, row in numbered if row["app"] == app]
            if not own:
                continue
            if app == "fab":
                self.inner[app] = Map([flask_rule(index, row, below) for index, row in own])
            else:
                self.inner[app] = [route_of(index, row, below) for index, row in own]
            routes.append(Mount(below, app=endpoint, name=app))
        plain = [(i, row) for i, row in numbered if row["app"] == "ui"]
        plain += [(i, row) for i, row in numbered if row["app"] == "core"]
        self.routes = routes + [route_of(index, row, "") for index, row in plain]

    def see(self, method, target):
        try:
            raw, query = self.target(request_bytes(method, target))
            path = unquote(raw.decode("ascii"))
        except Exception as error:
            return refused(type(error).__name__)
        scope = {"type": "http", "method": method, "path": path, "root_path": self.prefix, "path_params": {}}
        scope["query_string"] = query
        route, child = first(self.routes, scope)
        if isinstance(route, Mount):
            row = self.inside(route.name, {**scope, **child}, query)
        else:
            row = None if route is None else int(route.name)
        return seen(row, path, query.decode("latin-1"))

    def inside(self, app, scope, query):
        if app == "fab":
            # starlette/middleware/wsgi.py, a2wsgi: what is left below the mount, as latin-1 of its UTF-8.
            below = scope["path"][len(scope["root_path"]):]
            environ = {
                "REQUEST_METHOD": scope["method"],
                "SCRIPT_NAME": scope["root_path"],
                "PATH_INFO": below.encode("utf-8").decode("latin-1"),
                "QUERY_STRING": query.decode("latin-1"),
                "HTTP_HOST": "localhost",
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80",
                "wsgi.url_scheme": "http",
            }
            return match_wsgi(self.inner[app], environ)[0]
        route, _ = first(self.inner[app], scope)
        return None if route is None else int(route.name)


def first(routes, scope):
    for route in routes:
        found, child = route.matches(scope)
        if found is Match.FULL:
            return route, child
    return None, None


class _Sink:
    def __init__(self):
        self.url = b""

    def on_url(self, url):
        self.url += url


def httptools_target(data):
    """uvicorn/protocols/http/httptools_impl.py: `on_url` gathers, `on_headers_complete` parses."""
    sink = _Sink()
    httptools.HttpRequestParser(sink).feed_data(data)
    parsed = httptools.parse_url(sink.url)
    return parsed.path, parsed.query or b""


def h11_target(data):
    """uvicorn/protocols/http/h11_impl.py: `raw_path, _, query_string = event.target.partition(b"?")`."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    raw, _, query = connection.next_event().target.partition(b"?")
    return raw, query
