"""The web process: settings from the environment, all faces."""

from webapp.core.config import Settings
from webapp.factory import create_app

app = create_app(Settings.from_env())
