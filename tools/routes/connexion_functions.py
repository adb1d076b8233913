"""The functions behind Airflow 2's public API: connexion resolves them on the first call, so the document names them."""

import importlib
import re
from pathlib import Path

DOCUMENTS = (
    ("/api/v1", "airflow", "api_connexion/openapi/v1.yaml"),
    ("/auth/fab/v1", "airflow", "auth/managers/fab/openapi/v1.yaml"),
    ("/auth/fab/v1", "airflow.providers.fab", "auth_manager/openapi/v1.yaml"),
)


def read_functions():
    """(METHOD, path without parameter names) -> function."""
    import yaml

    functions = {}
    for prefix, package, name in DOCUMENTS:
        for folder in folders_of(package):
            file = Path(folder, name)
            if file.exists():
                document = yaml.safe_load(file.read_text())
                functions.update(operations_of(prefix, document))
    return functions


def folders_of(package):
    try:
        return list(importlib.import_module(package).__path__)
    except ImportError:
        return []


def operations_of(prefix, document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            module = operation.get("x-openapi-router-controller") or item.get("x-openapi-router-controller")
            name = operation["operationId"]
            if module is None:
                module, name = name.rsplit(".", 1)
            function = getattr(importlib.import_module(module), name, None)
            if function is not None:
                yield (method.upper(), shape_of(prefix + path)), function


def shape_of(path):
    return re.sub(r"<[^>]*>|\{[^}]*\}", "{}", path)
