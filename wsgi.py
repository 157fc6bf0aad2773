"""What a web server loads: ``gunicorn -c config/gunicorn.conf.py wsgi:app``."""

import gc

from config.settings import Settings
from lti_tool.app import create_app

app = create_app(Settings.from_environment())
# What was built up to here stays: looking through it for garbage would only cost requests time,
# and gunicorn's workers the memory that they share with the process they were forked from.
gc.collect()
gc.freeze()
