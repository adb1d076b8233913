"""Routes of Airflow 1 and 2: Flask's url_map, with the permissions that the views declare."""

import os

from connexion_functions import read_functions, shape_of
from flask_permissions import permissions_of

UNJUDGED = {"HEAD", "OPTIONS"}


def read_routes(release, ui):
    app = create_app(release, ui)
    views = {type(view).__name__: view for view in fab_views(app)}
    csrf = app.extensions.get("csrf")
    functions = {} if release.startswith("1.") else read_functions()
    rows = []
    for rule in app.url_map.iter_rules():
        function = app.view_functions.get(rule.endpoint)
        row = {"methods": sorted(rule.methods - UNJUDGED), "path": rule.rule, "endpoint": rule.endpoint}
        if not row["methods"]:
            continue
        inner = functions.get((row["methods"][0], shape_of(rule.rule)), function)
        row.update(permissions_of(rule.endpoint, inner, views, ui if release.startswith("1.") else "rbac"))
        row["csrfExempt"] = is_exempt(csrf, app, rule.endpoint, function)
        rows.append(row)
    return sorted(rows, key=lambda row: (row["path"], row["methods"]))


def create_app(release, ui):
    """Switches on what is optional, so that its routes are seen."""
    os.environ.setdefault("AIRFLOW__API__ENABLE_EXPERIMENTAL_API", "True")
    if not release.startswith("1."):
        from airflow.www.app import create_app as create

        return create(testing=True)
    os.environ["AIRFLOW__WEBSERVER__RBAC"] = str(ui == "rbac")
    if ui == "admin":
        from airflow.www.app import create_app as create

        return create(testing=True)
    from airflow.www_rbac.app import create_app as create

    return create(testing=True)[0]


def fab_views(app):
    builder = getattr(app, "appbuilder", None)
    return builder.baseviews if builder is not None else []


def is_exempt(csrf, app, endpoint, function):
    """Whether Flask-WTF asks no token of the view."""
    if csrf is None or function is None:
        return True
    blueprint = endpoint.rsplit(".", 1)[0]
    exempt = {getattr(one, "name", one) for one in csrf._exempt_blueprints}
    name = "{}.{}".format(function.__module__, function.__name__)
    return blueprint in exempt or name in csrf._exempt_views
