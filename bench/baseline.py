"""The baseline of a launch: what pylti1p3's documentation shows for Flask, and nothing else.

One platform from a tool configuration dict, launch data and the platform's key set in a cache, a
login that redirects, a launch that validates and answers 303, a page that reads the launch back and
greets the person. Choices that are open are made in the library's favour: one configuration object
for all requests (the library's own example reads its files again for each), no cookie check page
before the login, caches that never prune.

``BENCH_PLATFORM`` holds the platform as JSON: see ``bench.platform.Platform.described``.
``BENCH_CACHE`` names a folder for a cache of files, which processes can share as they share
Miroir's database; without it the cache is a dict, which serves one process and ends with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import tempfile
import time
from pathlib import Path

from flask import Flask, redirect, render_template, url_for
from jinja2 import DictLoader
from pylti1p3.contrib.flask import (
    FlaskCacheDataStorage,
    FlaskMessageLaunch,
    FlaskOIDCLogin,
    FlaskRequest,
)
from pylti1p3.exception import LtiException
from pylti1p3.tool_config import ToolConfDict
from werkzeug.wrappers import Response

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ link }}</title></head>
<body><h1>{{ link }}</h1><p>Welcome, {{ name }}, to {{ course }}.</p></body></html>
"""
LINK = "https://purl.imsglobal.org/spec/lti/claim/resource_link"
COURSE = "https://purl.imsglobal.org/spec/lti/claim/context"


class DictCache:
    """The least that the library's cache storage asks for: values that expire."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, object]] = {}

    def get(self, key: str) -> object:
        """Return a value; None if it is missing or has expired."""
        expires, value = self._kept.get(key, (0.0, None))
        return value if time.monotonic() < expires else None

    def set(self, key: str, value: object, seconds: int | None) -> None:
        """Keep a value for so many seconds."""
        self._kept[key] = time.monotonic() + (seconds or 3600), value


class FileCache:
    """The same in files, one for each key, replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _file(self, key: str) -> Path:
        return self._folder / hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()

    def get(self, key: str) -> object:
        """Return a value; None if it is missing or has expired."""
        try:
            content = self._file(key).read_bytes()
        except FileNotFoundError:
            return None
        expires, value = pickle.loads(content)  # noqa: S301  (written by this very class)
        return value if time.time() < expires else None

    def set(self, key: str, value: object, seconds: int | None) -> None:
        """Keep a value for so many seconds."""
        handle, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as file:
            pickle.dump((time.time() + (seconds or 3600), value), file)
        Path(name).replace(self._file(key))


def tool_configuration(platform: dict[str, str]) -> ToolConfDict:
    """Return the library's configuration of one platform, with the tool's keys."""
    configuration = ToolConfDict(
        {
            platform["issuer"]: [
                {
                    "default": True,
                    "client_id": platform["client_id"],
                    "auth_login_url": platform["authorization_endpoint"],
                    "auth_token_url": platform["token_endpoint"],
                    "auth_audience": None,
                    "key_set_url": platform["jwks_uri"],
                    "key_set": None,
                    "deployment_ids": [platform["deployment_id"]],
                }
            ]
        }
    )
    which = {"client_id": platform["client_id"]}
    configuration.set_private_key(platform["issuer"], platform["tool_private_key"], **which)
    configuration.set_public_key(platform["issuer"], platform["tool_public_key"], **which)
    return configuration


def create_app(platform: dict[str, str], cache: DictCache | FileCache) -> Flask:
    """Build the baseline for one platform."""
    app = Flask("baseline")
    app.jinja_loader = DictLoader({"page.html": PAGE})
    configuration = tool_configuration(platform)

    @app.route("/lti/login", methods=["GET", "POST"])
    def login() -> Response:
        request = FlaskRequest()
        storage = FlaskCacheDataStorage(cache)
        oidc = FlaskOIDCLogin(request, configuration, launch_data_storage=storage)
        response: Response = oidc.redirect(request.get_param("target_link_uri"))
        return response

    @app.post("/lti/launch")
    def launch() -> Response:
        storage = FlaskCacheDataStorage(cache)
        message = FlaskMessageLaunch(FlaskRequest(), configuration, launch_data_storage=storage)
        message.set_public_key_caching(storage, cache_lifetime=7200)
        message.validate()
        return redirect(url_for("page", launch_id=message.get_launch_id()), 303)

    @app.get("/page/<launch_id>")
    def page(launch_id: str) -> str:
        storage = FlaskCacheDataStorage(cache)
        message = FlaskMessageLaunch.from_cache(
            launch_id, FlaskRequest(), configuration, launch_data_storage=storage
        )
        claims = message.get_launch_data()
        return render_template(
            "page.html",
            name=claims.get("name"),
            link=claims[LINK].get("title"),
            course=claims[COURSE].get("title"),
        )

    @app.errorhandler(LtiException)
    def refused(error: LtiException) -> tuple[str, int]:
        return str(error), 400

    return app


if "BENCH_PLATFORM" in os.environ:
    folder = os.environ.get("BENCH_CACHE")
    app = create_app(
        json.loads(os.environ["BENCH_PLATFORM"]),
        FileCache(Path(folder)) if folder else DictCache(),
    )
