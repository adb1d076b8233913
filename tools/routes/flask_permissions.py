"""What a Flask view of Airflow 1 or 2 asks, read from its FAB view and from the closures of its decorators."""

ACTIONS = {"GET": "can_read", "POST": "can_create", "PUT": "can_edit", "DELETE": "can_delete", "MENU": "menu_access"}

# Airflow 2.8+ names entities below a DAG, airflow/auth/managers/models/resource_details.py
ENTITIES = {
    "AUDIT_LOG": ["Audit Logs"],
    "CODE": ["DAG Code"],
    "DEPENDENCIES": ["DAG Dependencies"],
    "RUN": ["DAG Runs"],
    "TASK": ["Task Instances"],
    "TASK_INSTANCE": ["DAG Runs", "Task Instances"],
    "TASK_LOGS": ["Task Logs"],
    "TASK_RESCHEDULE": ["Task Reschedules"],
    "WARNING": ["DAG Warnings"],
    "XCOM": ["XComs"],
}
# The auth manager's method after `is_authorized_`.
THINGS = {
    "configuration": "Configurations",
    "connection": "Connections",
    "dataset": "Datasets",
    "asset": "Datasets",
    "pool": "Pools",
    "variable": "Variables",
}
VIEWS = {
    "CLUSTER_ACTIVITY": "Cluster Activity",
    "DOCS": "Documentation",
    "IMPORT_ERRORS": "ImportError",
    "JOBS": "Jobs",
    "PLUGINS": "Plugins",
    "PROVIDERS": "Providers",
    "TRIGGERS": "Triggers",
    "WEBSITE": "Website",
}


def permissions_of(endpoint, function, views, ui):
    view = views.get(endpoint.split(".")[0])
    if view is not None:
        demand = of_fab_view(view, endpoint.split(".")[1])
        if demand is not None:
            return demand
    pairs = of_decorators(function, ui)
    if pairs is None:
        return {"permissions": [], "auth": "none"}
    return {"permissions": pairs}


def of_fab_view(view, name):
    """FAB's has_access: the method's permission, under the name the view gives it."""
    method = getattr(view, name, None)
    if name in ("action", "action_post") and hasattr(view, "actions"):
        return of_actions(view)
    permission = getattr(method, "_permission_name", None)
    if permission is None:
        return None
    names = getattr(view, "method_permission_name", None) or {}
    action = "can_" + (names.get(name) or permission)
    resource = getattr(view, "class_permission_name", None) or type(view).__name__
    demand = {"permissions": [[action, resource]]}
    if action not in (view.base_permissions or []):
        demand["alwaysDenied"] = True
    own = of_decorators(method, "rbac")
    if own:
        demand["permissions"] += [pair for pair in own if pair not in demand["permissions"]]
    return demand


def of_actions(view):
    """Every action the body or the path may choose; FAB checks each by its own name."""
    actions = getattr(view, "actions", None) or {}
    names = getattr(view, "method_permission_name", None) or {}
    resource = getattr(view, "class_permission_name", None) or type(view).__name__
    asked = []
    for name, action in actions.items():
        permission = names.get(action.func.__name__)
        permission = "can_" + permission if permission else name
        if [permission, resource] not in asked:
            asked.append([permission, resource])
    demand = {"permissions": sorted(asked), "actions": sorted(actions)}
    if not actions:
        demand = {"permissions": [], "alwaysDenied": True}
    return demand


def of_decorators(function, ui):
    """Pairs [action, resource] from the closures along the chain of wrappers; None where there is no such decorator."""
    found = None
    for wrapper in chain(function):
        name = getattr(wrapper, "__qualname__", "")
        helpers = [value for key, value in closure(wrapper).items() if "authorized" in key and callable(value)]
        cells = {}
        for one in [*helpers, wrapper]:
            cells.update(closure(one))
        pairs = declared_pairs(cells)
        if pairs is not None:
            found = (found or []) + pairs
        elif "method" in cells or "access_view" in cells:
            thing = next((name for name in map(authorized_thing, [wrapper, *helpers]) if name), None)
            if thing is not None:
                found = (found or []) + of_access(thing, cells)
        elif ui == "admin" and name.startswith("login_required"):
            found = found or [["login", "*"]]
    return None if found is None else [pair for i, pair in enumerate(found) if pair not in found[:i]]


def chain(function):
    seen = []
    while function is not None and function not in seen:
        seen.append(function)
        inner = getattr(function, "__wrapped__", None)
        if inner is None:
            cells = closure(function)
            inner = next((cells[key] for key in ("func", "f", "fn", "function") if callable(cells.get(key))), None)
        function = inner
    return seen


def closure(function):
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    cells = getattr(function, "__closure__", None)
    if code is None or cells is None:
        return {}
    values = {}
    for name, cell in zip(code.co_freevars, cells):
        try:
            values[name] = cell.cell_contents
        except ValueError:
            continue
    return values


def declared_pairs(cells):
    """`@has_access([(action, resource), …])` of Airflow 2.0 to 2.7."""
    dag = cells.get("dag_kwargs")
    if isinstance(dag, dict):
        # `@has_dag_access(can_dag_read=True)` of Airflow 1.10: on all DAGs, or on this one.
        return [[action, "all_dags|<dag_id>"] for action, asked in sorted(dag.items()) if asked]
    value = cells.get("permissions")
    if isinstance(value, (list, tuple)) and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        return [[str(one) for one in pair] for pair in value]
    return None


def authorized_thing(wrapper):
    """What the wrapper asks the auth manager about: `dag` where its code calls `is_authorized_dag`."""
    names = names_in(getattr(wrapper, "__code__", None))
    things = sorted(name[len("is_authorized_") :] for name in names if name.startswith("is_authorized_"))
    return next((thing for thing in things if thing in THINGS or thing in ("dag", "view", "custom_view")), None)


def names_in(code):
    if code is None:
        return set()
    inner = [names_in(one) for one in code.co_consts if hasattr(one, "co_names")]
    return set(code.co_names).union(*inner)


def of_access(thing, cells):
    """`@has_access_dag("GET", DagAccessEntity.RUN)` and its like, Airflow 2.8+."""
    if "access_view" in cells:
        view = cells["access_view"].name
        return [["can_read", VIEWS.get(view, view)]]
    method = cells["method"]
    if thing == "custom_view":
        return [[ACTIONS[method], cells.get("resource_name") or cells.get("fab_resource_name")]]
    if thing != "dag":
        return [[ACTIONS[method], THINGS.get(thing, thing)]]
    entity = cells.get("access_entity")
    if entity is None:
        return [[ACTIONS[method], "DAGs"]]
    parent = ["can_read" if method == "GET" else "can_edit", "DAGs"]
    return [parent] + [[ACTIONS[method], resource] for resource in ENTITIES.get(entity.name, [entity.name])]
