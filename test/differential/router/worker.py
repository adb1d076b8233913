"""Answers which route a real server would run for the exact bytes of a request.

One JSON object a line in, one out. `load` names a route table, a way to parse and the path the service stands at;
`ask` sends cases, each a method and a target as written to the socket. Nothing here knows what the gateway thinks.
"""
import json
import sys


def backend(parser):
    if parser == "gunicorn":
        from wsgi_router import WsgiRouter

        return WsgiRouter
    if parser in ("httptools", "h11"):
        from asgi_router import AsgiRouter

        return AsgiRouter
    from tornado_router import TornadoRouter

    return TornadoRouter


def main():
    routers = {}
    for line in sys.stdin:
        message = json.loads(line)
        if message["kind"] == "load":
            router = backend(message["parser"])(message["rows"], message["prefix"], message["parser"])
            routers[message["name"]] = router
            answer = {"loaded": message["name"]}
        else:
            router = routers[message["name"]]
            answer = {"seen": [router.see(method, target) for method, target in message["cases"]]}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
