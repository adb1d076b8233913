"""Makes Airflow 2.3 to 2.11 believe airflow-auth-proxy, and nobody else.

Every request has to bring the gateway's assertion, an RS256 JWT in ``Authorization: Bearer`` with ``iss``
airflow-auth-proxy, ``aud`` (the Deployment's id), ``sub``, ``role`` (Admin, Op, User or Viewer), ``iat``, ``nbf``,
``exp`` and usually ``email`` and ``name``. Who it names is signed in with exactly that role, for this request; a
session of somebody else ends. Without it the answer is 403, except for health checks and static files.

Put in place with ``AIRFLOW__WEBSERVER__CONFIG_FILE``; before 2.7 as ``$AIRFLOW_HOME/webserver_config.py``.
Names that differ in upper and lower case only cannot both be people of one Airflow on most databases; the second
one is refused.

Environment:

``AIRFLOW_AUTH_PROXY_AUDIENCE``  the Deployment's id
``AIRFLOW_AUTH_PROXY_JWKS``      URL of the gateway's ``/.auth/jwks.json``, or a file with the same document
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
import urllib.parse
import urllib.request

import jwt
from flask import Response, g, request, session
from flask_appbuilder.const import AUTH_REMOTE_USER
from flask_login import current_user, login_user, logout_user
from jwt.algorithms import RSAAlgorithm

try:  # 2.9 and later
    from airflow.providers.fab.auth_manager.security_manager.override import (
        FabAirflowSecurityManagerOverride as BaseSecurityManager,
    )
except ImportError:
    try:  # 2.8
        from airflow.auth.managers.fab.security_manager.override import (
            FabAirflowSecurityManagerOverride as BaseSecurityManager,
        )
    except ImportError:  # 2.3 to 2.7
        from airflow.www.security import AirflowSecurityManager as BaseSecurityManager

log = logging.getLogger("airflow_auth_proxy")

ISSUER = "airflow-auth-proxy"
AUDIENCE = os.environ.get("AIRFLOW_AUTH_PROXY_AUDIENCE", "")
JWKS = os.environ.get("AIRFLOW_AUTH_PROXY_JWKS", "")
if not AUDIENCE or not JWKS:
    raise RuntimeError("set AIRFLOW_AUTH_PROXY_AUDIENCE and AIRFLOW_AUTH_PROXY_JWKS for the Airflow webserver")

STOCK_ROLES = ("Admin", "Op", "User", "Viewer")
# Below the base_url path: Airflow takes that off before it looks at a path.
OPEN_PATHS = ("/health", "/api/v1/health")
OPEN_PREFIX = "/static/"
MAX_ASSERTION_BYTES = 8192
MAX_LIFE_SECONDS = 120
LEEWAY_SECONDS = 10


class Refused(Exception):
    """The request brings no assertion that can be believed. The text goes to the log, never to the caller."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Keys come from where the operator said, or not at all."""

    def redirect_request(self, *args, **kwargs):
        return None


class PublicKeys:
    """The gateway's public keys by ``kid``: read when first needed, and again for an unknown ``kid`` or when old."""

    GAP_SECONDS = 10  # least time between two readings
    FRESH_SECONDS = 300
    HARD_MAX_AGE_SECONDS = 3600  # the last good keys are used for this long while reading fails
    TIMEOUT_SECONDS = 3
    MAX_BYTES = 1024 * 1024
    MIN_RSA_BITS = 2048

    def __init__(self, location):
        self._location = location
        self._keys = {}
        self._loaded_at = self._tried_at = float("-inf")
        self._lock = threading.Lock()

    def find(self, kid):
        with self._lock:
            now = time.monotonic()
            wanted = kid not in self._keys or now - self._loaded_at >= self.FRESH_SECONDS
            if wanted and now - self._tried_at >= self.GAP_SECONDS:
                self._tried_at = now
                try:
                    self._keys = self._parse(self._read())
                    self._loaded_at = now
                except Exception as error:  # noqa: BLE001 - whatever fails, the last good keys stay
                    log.error("cannot read the keys of airflow-auth-proxy: %s", error)
            if now - self._loaded_at >= self.HARD_MAX_AGE_SECONDS:
                return None
            return self._keys.get(kid)

    def _read(self):
        if self._location.startswith(("http://", "https://")):
            opener = urllib.request.build_opener(_NoRedirect)
            with opener.open(self._location, timeout=self.TIMEOUT_SECONDS) as response:
                document = response.read(self.MAX_BYTES + 1)
        else:
            with open(self._location, "rb") as file:
                document = file.read(self.MAX_BYTES + 1)
        if len(document) > self.MAX_BYTES:
            raise ValueError("longer than 1 MiB")
        return json.loads(document)

    def _parse(self, document):
        keys = {}
        for jwk in document["keys"]:
            usable = jwk.get("kty") == "RSA" and jwk.get("use", "sig") == "sig" and jwk.get("alg", "RS256") == "RS256"
            if usable and "d" not in jwk and isinstance(jwk.get("kid"), str):
                key = RSAAlgorithm.from_jwk(json.dumps(jwk))
                if key.key_size >= self.MIN_RSA_BITS:
                    keys[jwk["kid"]] = key
        if not keys:
            raise ValueError("no RSA key for RS256 in the document")
        return keys


KEYS = PublicKeys(JWKS)


def read_assertion(authorization):
    """Claims of the assertion, every one of them checked. Only the header counts: never a cookie or the query."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > MAX_ASSERTION_BYTES:
        raise Refused("no bearer token")
    try:
        header = jwt.get_unverified_header(token)
        kid = header.get("kid")
        if header.get("alg") != "RS256" or "crit" in header or not isinstance(kid, str):
            raise Refused("not an RS256 token with a kid")
        key = KEYS.find(kid)
        if key is None:
            raise Refused("signed with a key the gateway does not publish")
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "sub", "iat", "nbf", "exp"]},
        )
    except jwt.InvalidTokenError as error:
        raise Refused(str(error)) from error
    if claims["aud"] != AUDIENCE:
        raise Refused("made for several audiences")
    if claims["exp"] - claims["iat"] > MAX_LIFE_SECONDS:
        raise Refused("it lives too long")
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise Refused("it names nobody")
    if claims.get("role") not in STOCK_ROLES:
        raise Refused("its role is not a stock role")
    return claims


class AssertedSecurityManager(BaseSecurityManager):
    """Signs in whoever the assertion names, anew on every request."""

    def before_request(self):
        # Registered in place of the base's static method, in 2.3 to 2.11 right after this object is made.
        g.user = current_user
        if request.path in OPEN_PATHS or request.path.startswith(OPEN_PREFIX):
            return None
        try:
            self._sign_in(read_assertion(request.headers.get("Authorization")))
        except Refused as refusal:
            log.warning("assertion refused: %s", refusal)
            # The header tells the gateway this from a role that does not reach.
            headers = {"X-Auth-Proxy-Assertion": "refused"}
            return Response("Invalid assertion", status=403, mimetype="text/plain", headers=headers)
        return None

    def _sign_in(self, claims):
        subject, role = claims["sub"], claims["role"]
        same_person = getattr(current_user, "username", None) == subject
        user = current_user._get_current_object() if same_person else self._find(subject) or self._add(claims)
        self._give_role(user, role)
        if not same_person:
            logout_user()
            # Kept, since Airflow before 2.8 cannot read back a stored session without an end.
            permanent = session.permanent
            session.clear()
            session.permanent = permanent
            if not login_user(user):
                raise Refused("the person is not active in Airflow")

    def _find(self, subject):
        # Not `find_user`: the FAB provider of 2.9+ compares without case whatever AUTH_USERNAME_CI says.
        users = self.get_session.query(self.user_model).filter(self.user_model.username == subject).all()
        # Compared again, since a database may compare without case too.
        return next((user for user in users if user.username == subject), None)

    def _add(self, claims):
        subject = claims["sub"]
        name, email = claims.get("name"), claims.get("email")
        first, _, last = (name if isinstance(name, str) else subject).partition(" ")
        if not isinstance(email, str) or not email or self.find_user(email=email):
            email = urllib.parse.quote(subject, safe="") + "@airflow-auth-proxy.invalid"
        user = self.add_user(
            username=subject,
            first_name=first[:64] or "-",
            last_name=last[:64] or "-",
            email=email,
            role=[self._role(claims["role"])],
            hashed_password="!",  # no password gives this hash
        )
        # Another worker may have been faster.
        user = user or self._find(subject)
        if not user:
            raise Refused("Airflow could not add the person; another one may differ in upper and lower case only")
        return user

    def _give_role(self, user, role):
        if [held.name for held in user.roles] == [role]:
            return
        user.roles = [self._role(role)]
        if self.update_user(user) is False:
            raise Refused("Airflow could not store the role")

    def _role(self, name):
        role = self.find_role(name)
        if role is None:
            raise Refused("Airflow has no role of this name; run `airflow sync-perm`")
        return role


SECURITY_MANAGER_CLASS = AssertedSecurityManager
# No password form and no way to register: there is nothing to sign in to.
AUTH_TYPE = AUTH_REMOTE_USER
AUTH_USER_REGISTRATION = False
AUTH_USERNAME_CI = False

WTF_CSRF_ENABLED = True
# A page that is left open keeps working; the token still ends with the session.
WTF_CSRF_TIME_LIMIT = None
# Cookies know no ports and, in Airflow 2, no path: two Deployments on one host would end each other's session.
SESSION_COOKIE_NAME = "airflow_" + hashlib.sha256(AUDIENCE.encode()).hexdigest()[:16]
