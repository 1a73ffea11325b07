"""The web process and the command line: settings from the environment, all faces. A wrong one ends it in a sentence."""

from webapp.core.config import Settings, SettingsError
from webapp.factory import create_app

try:
    app = create_app(Settings.from_env())
except SettingsError as error:
    raise SystemExit(str(error)) from None
