"""Reads the routes out of the Airflow installed beside this interpreter and prints them as one JSON document.

usage: dump_airflow_routes.py [--ui rbac|admin] > airflow-X.Y.Z.json

Airflow 1 and 2: Flask's url_map, with the permissions that the views declare. Airflow 3: the FastAPI applications'
routes, with the dependencies that authorize. Run it with an AIRFLOW_HOME of its own and a migrated database; see
README.md for the steps and for what each field means.
"""

import argparse
import json
import os
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version as version_of


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--ui", choices=["rbac", "admin"], default="rbac", help="which UI of Airflow 1.10")
    options = arguments.parse_args()
    os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    release = version_of_airflow()
    document = {"product": "airflow", "version": release}
    if release.startswith("3."):
        document["generatedBy"] = "live app.routes"
        document["routes"] = import_module("fastapi_routes").read_routes()
    else:
        if release.startswith("1."):
            document["ui"] = options.ui
        document["generatedBy"] = "live url_map"
        document["routes"] = import_module("flask_routes").read_routes(release, options.ui)
    json.dump(document, sys.stdout, indent=1)
    print()


def version_of_airflow():
    for package in ("apache-airflow-core", "apache-airflow"):
        try:
            return version_of(package)
        except PackageNotFoundError:
            continue
    raise SystemExit("no Airflow is installed beside this interpreter")


if __name__ == "__main__":
    main()
