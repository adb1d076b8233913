"""Tornado's own request and path matchers, the prefix put before each pattern as Flower does it."""
import re

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.routing import PathMatches

from seen import refused, seen

# tornado/http1connection.py and tornado/httputil.py `parse_request_start_line`.
START_LINE = re.compile(r"[^\s]+")


class _Connection:
    context = None

    def set_close_callback(self, _callback):
        pass


class TornadoRouter:
    def __init__(self, rows, prefix, _parser):
        self.routes = []
        last = []
        for index, row in enumerate(rows):
            path = row["path"]
            entry = (index, PathMatches(prefix + path if path != ".*" else path), row["methods"])
            (last if path == ".*" else self.routes).append(entry)
        self.routes += last

    def see(self, method, target):
        if not START_LINE.fullmatch(target):
            return refused("malformed start line")
        try:
            headers = HTTPHeaders({"Host": "localhost"})
            request = HTTPServerRequest(method=method, uri=target, headers=headers, connection=_Connection())
        except Exception as error:
            return refused(type(error).__name__)
        asked = "GET" if method == "HEAD" else method
        for index, matcher, methods in self.routes:
            if matcher.match(request) is not None:
                return seen(index if asked in methods else None, request.path, request.query)
        return seen(None, request.path, request.query)
