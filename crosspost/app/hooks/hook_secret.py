"""The secret that a webhook is signed with: made here, so that nobody takes a short one."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.app import wake_file
from crosspost.config.small_file import read_small
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.app.application import App

#: bytes of chance
_LENGTH = 32


def new(app: "App") -> str:
    """Make one; it takes the place of the one before.

    :raises ConfigError: when it cannot be kept
    """
    made = secrets.token_urlsafe(_LENGTH)
    try:
        wake_file.write(_file(app), made.encode("ascii"))
    except OSError as error:
        raise _unusable(app, error) from None
    return made


def known(app: "App") -> str:
    """The one there is; "" when webhooks are off.

    :raises ConfigError: when it cannot be read
    """
    try:
        return read_small(_file(app)).decode("ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise _unusable(app, error) from None


def end(app: "App") -> bool:
    """Take it away: no webhook is taken any more.

    :returns: whether there was one
    :raises ConfigError: when it cannot be taken away
    """
    try:
        _file(app).unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unusable(app, error) from None
    return True


def _file(app: "App") -> Path:
    return wake_file.folder(app.main_ledger_file()) / "secret"


def _unusable(app: "App", error: Exception) -> ConfigError:
    why = error.strerror if isinstance(error, OSError) else "it is damaged"
    todo = "make it readable and writable for this user, or delete it, and `crosspost web hook` makes a new one"
    return ConfigError(f"{_file(app)}, the secret of webhooks, cannot be used: {why}; {todo}")
