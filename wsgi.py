"""What a web server loads: ``gunicorn -c config/gunicorn.conf.py wsgi:app``."""

from config.settings import Settings
from lti_tool.app import create_app

app = create_app(Settings.from_environment())
