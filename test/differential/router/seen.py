"""What one request looked like to a server: the route it would run, and what it read to get there."""
from urllib.parse import parse_qsl


def refused(why):
    return {"row": None, "path": None, "keys": [], "why": why}


def seen(row, path, query, why=None):
    keys = [key for key, _ in parse_qsl(query, keep_blank_values=True, errors="replace")]
    return {"row": row, "path": path, "keys": sorted(set(keys)), "why": why}


def request_bytes(method, target):
    head = "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n" % (method, target)
    return head.encode("latin-1")
