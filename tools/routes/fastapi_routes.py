"""Routes of Airflow 3: the FastAPI applications' routes, with the dependencies that authorize."""

import inspect
import re

# Dependencies whose name says more than their closure: the body chooses the action, or the thing is found first.
SPECIAL = {
    "connection_bulk": {"kind": "connection", "method": "per-action", "bulk": True},
    "pool_bulk": {"kind": "pool", "method": "per-action", "bulk": True},
    "variable_bulk": {"kind": "variable", "method": "per-action", "bulk": True},
    "dag_run_bulk": {"kind": "dag", "method": "per-action", "bulk": True, "entity": "RUN"},
    "dag_run_clear_bulk": {"kind": "dag", "method": "PUT", "bulk": True, "entity": "RUN"},
    "dag_from_file_token": {"kind": "dag"},
    "event_log": {"kind": "event_log", "entity": "AUDIT_LOG"},
}
INLINE = re.compile(r"\b((?:batch_)?is_authorized_\w+)\(")


def read_routes():
    from airflow.api_fastapi.app import create_app

    app = create_app(apps="all")
    rows = []
    walk(app, "", "core", rows)
    return rows


def walk(app, prefix, name, rows):
    from starlette.routing import Mount

    order = {}
    for route in app.routes:
        path = prefix + getattr(route, "path", "")
        if isinstance(route, Mount):
            if hasattr(route.app, "routes"):
                walk(route.app, path, app_of(path, name), rows)
            else:
                rows.append(static_row(path, app_of(path, name), route.app, order))
            continue
        part = "ui" if path.startswith("/ui/") else name
        order[part] = order.get(part, -1) + 1
        rows.append(row_of(route, path, part, order[part]))


def app_of(path, name):
    for prefix, app in (("/execution", "execution"), ("/auth", "auth"), ("/edge_worker", "edge3")):
        if path.startswith(prefix):
            return app
    return name


def static_row(path, name, app, order):
    order[name] = order.get(name, -1) + 1
    row = {"methods": ["GET", "HEAD"], "path": path + "/{path:path}", "app": name, "operation": type(app).__name__}
    row.update({"public": True, "requires": [], "multipart": False, "stream": False, "order": order[name]})
    if "WSGI" in type(app).__name__:
        row["wsgi"] = True
    return row


def row_of(route, path, name, order):
    endpoint = getattr(route, "endpoint", None)
    requires = demands_of(getattr(route, "dependant", None))
    row = {
        "methods": sorted(getattr(route, "methods", None) or ["GET"]),
        "path": path,
        "app": name,
        "operation": getattr(endpoint, "__name__", ""),
        "public": not requires,
        "requires": requires,
        "multipart": False,
        "stream": False,
        "order": order,
    }
    inline = inline_of(endpoint)
    if inline:
        row["inline"] = inline
    return row


def demands_of(dependant):
    """Every authorizing dependency of the tree, in order, once."""
    found = []
    pending = [dependant] if dependant is not None else []
    while pending:
        one = pending.pop(0)
        demand = demand_of(one.call)
        if demand is not None and demand not in found:
            found.append(demand)
        pending.extend(one.dependencies)
    specific = [demand for demand in found if demand["kind"] != "authenticated"]
    return specific or found


def demand_of(call):
    name = getattr(call, "__qualname__", type(call).__name__)
    if name in ("get_user", "auth_manager_from_app"):
        return {"kind": "authenticated"} if name == "get_user" else None
    if name.startswith(("JWTBearer", "_jwt_bearer", "require_auth")):
        return {"kind": "task-token"}
    if "jwt_token_authorize" in name:
        return {"kind": "edge-worker-token"}
    match = re.match(r"requires_(?:access_|authenticated)?(\w+)\.<locals>\.(?:inner|callback)", name)
    if match is None:
        return None
    cells = closure_of(call)
    demand = dict(SPECIAL.get(match.group(1), {"kind": match.group(1)}))
    for key, field in (("method", "method"), ("access_entity", "entity"), ("access_view", "entity")):
        value = cells.get(key)
        if value is not None and field not in demand:
            demand[field] = getattr(value, "name", value)
    return demand


def closure_of(call):
    code = getattr(call, "__code__", None)
    values = {}
    for name, cell in zip(code.co_freevars if code else (), call.__closure__ or ()):
        try:
            values[name] = cell.cell_contents
        except ValueError:
            continue
    return values


def inline_of(endpoint):
    """Authorization that the body of the endpoint calls, beside its dependencies."""
    try:
        return sorted(set(INLINE.findall(inspect.getsource(endpoint))))
    except (OSError, TypeError):
        return []
