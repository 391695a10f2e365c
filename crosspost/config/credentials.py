"""Where tokens come from: the environment, files, ``secrets.env`` beside the config, or the system's keyring.

The field ``access_token`` of the account ``mastodon-verein`` is ``CROSSPOST_MASTODON_VEREIN_ACCESS_TOKEN``: first
in the environment, then as the path in ``…_ACCESS_TOKEN_FILE`` (Docker passes secrets this way), then as a file of that
name in ``$CREDENTIALS_DIRECTORY`` (systemd does), then in ``secrets.env``, then as what the account's ``token_cmd``
prints (``pass show …``), last in the keyring when the config turns it on.
"""

import os
import re
import shlex
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.config.small_file import MOST_OF_ALL_ACCOUNTS, read_small, refuse_others
from crosspost.errors import ConfigError
from crosspost.text.lazy_pattern import lazy
from crosspost.text.mistakes import Mistakes

if TYPE_CHECKING:
    from crosspost.config.secret_command import SecretCommands

#: credentials that are plain ASCII without spaces; all others may have letters of every alphabet
_TOKEN = lazy(r"token|key|secret|app_password|heartbeat|webhook|url")
#: fields that hold several addresses at once
_MANY = ("apprise",)
#: what the key of renewed tokens is called among the credentials; `key_cmd` under [secrets] prints it
RENEWED_KEY = ("tokens", "key")
#: what the secrets file read last had in it, and the names and values: those of an agency have forty thousand lines
_last: tuple[bytes, dict[str, str]] | None = None
_LINE = lazy(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")


class Secret:
    """A token that never prints itself; only :meth:`reveal` returns it.

    :ivar wrong: why it cannot be used, in one clause without any of its characters; "" when it can
    :ivar command: the setting whose command printed it, for messages; "" of one that stands somewhere
    """

    __slots__ = ("_value", "command", "wrong")

    def __init__(self, value: str, wrong: str = "", command: str = "") -> None:
        self._value, self.wrong, self.command = value, wrong, command

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a Secret must not be pickled")


def variable(account: str, field: str) -> str:
    """Name of the environment variable for one field of one account."""
    return "CROSSPOST_" + re.sub(r"[^A-Z0-9]+", "_", f"{account}_{field}".upper())


def called(secret: Secret, account: str, field: str) -> str:
    """What messages call a secret: its variable, which nobody has set where a command prints it."""
    return f"what {secret.command} prints" if secret.command else variable(account, field)


class Credentials:
    """Looks tokens up. Creating one does no I/O.

    :param environ: usually ``os.environ``
    :param secrets_file: a ``NAME=value`` file; need not exist
    :param keyring: ``keyring.get_password``-like function ``(service, name) -> value or None``, or None
    :param commands: account → the command that prints its token, or credential field → command
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        secrets_file: Path | None = None,
        keyring: Callable[[str, str], str | None] | None = None,
        commands: Mapping[str, str | Mapping[str, str]] | None = None,
    ) -> None:
        self._environ, self._file, self._keyring = environ, secrets_file, keyring
        self._commands = commands or {}
        self._printer: SecretCommands | None = None
        self._from_file: dict[str, str] | None = None

    def get(self, account: str, field: str) -> Secret | None:
        """The token, or None when it is not set.

        :raises ConfigError: as :meth:`look_up`, and when the token cannot be used
        """
        secret = self.look_up(account, field)
        if secret is not None and secret.wrong:
            raise ConfigError(f"{called(secret, account, field)} cannot be used: {secret.wrong}")
        return secret

    def look_up(self, account: str, field: str) -> Secret | None:
        """The token, cleaned of what was copied along with it. ``wrong`` is set when it cannot be a token.

        :raises ConfigError: when a file named by ``…_FILE`` or the secrets file cannot be read, or others can read it
        """
        name = variable(account, field)
        value = self._environ.get(name) or self._named_file(name) or self._systemd(name) or self._secrets().get(name)
        command = ""
        if not value and (value := self._command(account, field)):
            command = "`key_cmd` under [secrets]" if (account, field) == RENEWED_KEY else "its `token_cmd`"
        if not value and self._keyring is not None:
            value = self._keyring("crosspost", name)
        return _meant(value, field, command) if value else None

    def place_of(self, account: str, field: str) -> str:
        """Where a credential is found, in words; "" when it is not set.

        :raises ConfigError: as :meth:`look_up`
        """
        name = variable(account, field)
        places: tuple[tuple[str, Callable[[], str | None]], ...] = (
            ("the environment", lambda: self._environ.get(name)),
            ("a file of its own", lambda: self._named_file(name)),
            ("systemd's credentials", lambda: self._systemd(name)),
            (str(self._file), lambda: self._secrets().get(name)),
            ("`key_cmd`" if (account, field) == RENEWED_KEY else "`token_cmd`", lambda: self._command(account, field)),
            ("the key store", lambda: self._keyring("crosspost", name) if self._keyring else None),
        )
        return next((place for place, read in places if read()), "")

    def without_environment(self) -> "Credentials":
        """The same as another process of this person sees it, such as one that cron starts."""
        return Credentials({}, self._file, self._keyring, self._commands)

    def check(self) -> None:
        """Read the secrets file now.

        :raises ConfigError: as :meth:`get`
        """
        self._secrets()

    @property
    def place(self) -> str:
        """Where a missing token should be written."""
        return f"{self._file} or the environment" if self._file else "the environment"

    def _named_file(self, name: str) -> str | None:
        path = self._environ.get(f"{name}_FILE") or self._secrets().get(f"{name}_FILE")
        if not path:
            return None
        try:
            return read_small(Path(path)).decode("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{name}_FILE names {path}, which cannot be read: {_why(error)}; correct the path, or unset {name}_FILE"
            ) from None

    def _systemd(self, name: str) -> str | None:
        """A credential that systemd passed to the service (systemd.exec(5), ``LoadCredentialEncrypted=``)."""
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        if not folder or not (file := Path(folder, name)).is_file():
            return None
        try:
            return read_small(file).decode("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"the credential {file} cannot be read: {_why(error)}; look at LoadCredential in the unit"
            ) from None

    def _command(self, account: str, field: str) -> str | None:
        """What the account's command prints."""
        known = self._commands.get(account, "")
        single = known if isinstance(known, str) and _TOKEN.search(field) else ""
        command = single or ("" if isinstance(known, str) else known.get(field, ""))
        if not command:
            return None
        if self._printer is None:
            from crosspost.config.secret_command import SecretCommands  # few configs have a command

            self._printer = SecretCommands()
        shared = (account, field) == RENEWED_KEY
        return self._printer.printed(command, "[secrets]: `key_cmd`" if shared else f"{account}: `token_cmd`")

    def _secrets(self) -> dict[str, str]:
        if self._from_file is None:
            there = self._file is not None and os.path.lexists(self._file)
            self._from_file = _read(self._file) if there and self._file is not None else {}
        return self._from_file


def _meant(value: str, field: str, command: str) -> Secret | None:
    """A credential without what was copied along with it; None when nothing remains."""
    if field in _MANY:
        return Secret(value, command=command)
    from crosspost.text import pasted  # many commands need no token

    try:
        clean = (pasted.token if _TOKEN.search(field) else pasted.words)(value)
    except ValueError as error:
        return Secret(value, str(error), command)
    return Secret(clean, command=command) if clean else None


def _read(path: Path) -> dict[str, str]:
    """Parse ``NAME=value`` lines. Quotes around a value, ``export`` before a name and ``#`` comments are allowed.

    :raises ConfigError: when it cannot be read, or other users can read it (not checked on Windows)
    """
    global _last  # noqa: PLW0603  # one file is read at a time, and a second one only costs time
    try:
        refuse_others(path.stat())
        if os.name != "nt" and path.stat().st_mode & (stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH):
            how = f"chmod 600 {shlex.quote(str(path))}"
            raise ConfigError(f"{path} can be read by other users of this machine, so it is not used: {how}")
        raw = read_small(path, MOST_OF_ALL_ACCOUNTS)
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {_why(error)}") from None
    before = _last
    if before is None or before[0] != raw:
        _last = before = raw, _parsed(path, text)
    return before[1]


def _parsed(path: Path, text: str) -> dict[str, str]:
    """What stands in the lines.

    :raises ConfigError: when one of them cannot be read
    """
    from crosspost.text import pasted

    found: dict[str, str] = {}
    wrong = Mistakes(ConfigError)
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        stripped = pasted.visible(line)
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.match(line) or _LINE.match(stripped)
        if match is None:
            wrong.said.append(f"{path}:{number}: write each token as NAME=value, on a line of its own")
            continue
        name, value = match.groups()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        else:
            value = re.split(r"\s+#", value, maxsplit=1)[0]
        found[name] = value
    wrong.tell()
    return found


def _why(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else (error.strerror or "unknown reason")
