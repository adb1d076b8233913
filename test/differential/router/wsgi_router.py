"""gunicorn's own parser and environ, the prefix cut as DispatcherMiddleware does it, then Werkzeug's own map."""
from gunicorn.config import Config
from gunicorn.http import wsgi
from gunicorn.http.parser import RequestParser
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect, Rule

from seen import refused, request_bytes, seen

CONFIG = Config()
PEER = ("127.0.0.1", 40000)
SERVER = ("127.0.0.1", 8080)


def rules_of(rows):
    for index, row in enumerate(rows):
        methods = [method for method in row["methods"]]
        yield Rule(row["path"], endpoint=str(index), methods=methods)


class WsgiRouter:
    def __init__(self, rows, prefix, _parser):
        self.map = Map(list(rules_of(rows)))
        self.prefix = prefix

    def see(self, method, target):
        try:
            request = next(iter(parse(request_bytes(method, target))))
            _, environ = wsgi.create(request, None, PEER, SERVER, CONFIG)
        except Exception as error:
            return refused(type(error).__name__)
        whole = environ["PATH_INFO"]
        path = whole.encode("latin-1").decode("utf-8", "replace")
        query = environ["QUERY_STRING"]
        if self.prefix:
            cut = dispatch(whole, self.prefix)
            if cut is None:
                return seen(None, path, query, "outside the prefix")
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = cut
        row, why = match(self.map, environ)
        return seen(row, path, query, why)


def match(routes, environ):
    try:
        endpoint, _ = routes.bind_to_environ(environ).match()
        return int(endpoint), None
    except RequestRedirect as redirect:
        return None, "redirect to %s" % redirect.new_url
    except HTTPException as error:
        return None, type(error).__name__


def parse(data):
    try:
        return RequestParser(CONFIG, [data], PEER)
    except TypeError:
        return RequestParser(CONFIG, [data])


def dispatch(path_info, mount):
    """werkzeug/middleware/dispatcher.py: the longest mount, cut at slashes from the right."""
    script, rest = path_info, ""
    while "/" in script:
        if script == mount:
            return script, rest
        script, last = script.rsplit("/", 1)
        rest = "/%s%s" % (last, rest)
    return None
