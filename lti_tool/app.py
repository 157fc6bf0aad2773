"""The composition root: the only module that knows every layer."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config.logging import configure_logging
from config.settings import Settings
from lti_tool import tasks
from lti_tool.cli import register_commands
from lti_tool.lti import library
from lti_tool.services.building import build
from lti_tool.services.container import Services
from lti_tool.views import api as api_views
from lti_tool.views import assets, errors, headers, health, render, session
from lti_tool.views import lti as lti_views
from lti_tool.views import pages as page_views

MAX_FORM_BYTES = 2 * 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """Build the web application of one installation from its checked settings."""
    app = routed_app()
    install(app, settings)
    return app


def routed_app() -> Flask:
    """Return an application with all pages and commands, which belongs to no installation yet."""
    library.require_one()
    app = Flask("lti_tool")
    register_views(app)
    register_commands(app)
    return app


def install(app: Flask, settings: Settings) -> None:
    """Give ``app`` the settings and services of an installation, in place of any it had."""
    configure_logging(settings.log_level)
    app.config |= {
        "MAX_CONTENT_LENGTH": MAX_FORM_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_FORM_BYTES,
        "SECRET_KEY": None,
        "PREFERRED_URL_SCHEME": settings.base_url.split(":")[0],
    }
    queue = tasks.open_queue(settings.data_dir, settings.redis_url)
    services = build(
        settings.database_url,
        settings.secret_key,
        settings.base_url,
        settings.allow_local_platforms,
        wake=queue.wake,
        platform_concurrency=settings.platform_concurrency,
        mail_server=settings.mail_server,
        files=settings.files,
        issuer=settings.issuer,
        sharing=settings.sharing,
    )
    queue.attach(services)
    app.extensions |= {"miroir": services, "miroir.queue": queue, "miroir.settings": settings}
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the way Flask documents
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def register_views(app: Flask) -> None:
    """Register what every request passes, then all routes."""
    for part in (headers, session, render, errors, assets, lti_views):
        part.init_app(app)
    app.register_blueprint(health.bp)
    families = (lti_views, page_views, api_views)
    for blueprint in (one for family in families for one in family.blueprints()):
        app.register_blueprint(blueprint)


def services_of(app: Flask) -> Services:
    """Return the services that ``app`` was built with."""
    services: Services = app.extensions["miroir"]
    return services
