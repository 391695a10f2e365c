"""Places in which a secret can be kept, and how it gets there. Where they are read is in :mod:`.credentials`."""

import os
import re
import shlex
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from crosspost.config import atomic_file
from crosspost.config.credentials import variable
from crosspost.config.small_file import MOST_OF_ALL_ACCOUNTS, read_small
from crosspost.errors import ConfigError
from crosspost.text.lazy_pattern import lazy

_LINE = lazy(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")


class Place(ABC):
    """One kind of place.

    :param secrets_file: the config's secrets file
    """

    key: ClassVar[str]
    label: ClassVar[str]

    def __init__(self, secrets_file: Path) -> None:
        self.file = secrets_file

    @abstractmethod
    def store(self, account: str, secrets: Mapping[str, str]) -> dict[str, Any]:
        """Keep the secrets of an account (credential field → value), all or none.

        :returns: what the account's table in the config must say for them to be found
        :raises ConfigError: when they cannot be kept there
        """

    def remove(self, account: str, fields: Mapping[str, str]) -> list[str]:  # noqa: ARG002  # part of the shape
        """Forget the secrets of an account.

        :returns: the names of those that were there
        """
        return []

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person has to do besides, sentences."""
        return ()


class SecretsFile(Place):
    """``secrets.env`` beside the config, readable by its owner only."""

    key = "file"
    label = "in a file beside the config, which only you can read"

    def store(self, account: str, secrets: Mapping[str, str]) -> dict[str, Any]:
        self._write({variable(account, field): value for field, value in secrets.items()})
        return {}

    def remove(self, account: str, fields: Mapping[str, str]) -> list[str]:
        names = [variable(account, field) for field in fields]
        names = [each for name in names for each in (name, f"{name}_FILE")]
        lines = self._lines()
        there = [name for name in names if any(_name(line) == name for line in lines)]
        if there:
            self._replace([line for line in lines if _name(line) not in there])
        return there

    def _write(self, values: Mapping[str, str]) -> None:
        """Set variables: in their lines where they have one, else at the end."""
        lines, left = [], dict(values)
        for line in self._lines():
            name = _name(line)
            if name in values:
                if name in left:
                    lines.append(f"{name}={_quoted(left.pop(name))}")
                continue  # a second line of the same name would win over the new one
            lines.append(line)
        self._replace([*lines, *(f"{name}={_quoted(value)}" for name, value in left.items())])

    def _lines(self) -> list[str]:
        if not os.path.lexists(self.file):
            return []
        try:
            return read_small(self.file, MOST_OF_ALL_ACCOUNTS).decode("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(f"{self.file} cannot be read: {why}; nothing was changed") from None

    def _replace(self, lines: list[str]) -> None:
        _write_private(self.file, "".join(f"{line}\n" for line in lines))


class OwnFiles(SecretsFile):
    """A file for each secret, as Docker has them; ``secrets.env`` names them."""

    key = "files"
    label = "in a file for each token, as containers use them"

    def store(self, account: str, secrets: Mapping[str, str]) -> dict[str, Any]:
        folder = self.file.with_name("secrets")
        names = {variable(account, field): value for field, value in secrets.items()}
        for name, value in names.items():
            _write_private(folder / name.lower(), f"{value}\n")
        self._write({f"{name}_FILE": str((folder / name.lower()).resolve()) for name in names})
        return {}


class Keyring(Place):
    """The system's key store."""

    key = "keyring"
    label = "in the key store of this computer"

    def store(self, account: str, secrets: Mapping[str, str]) -> dict[str, Any]:
        keyring = _keyring()
        for field, value in secrets.items():
            try:
                keyring.set_password("crosspost", variable(account, field), value)
            except Exception as error:  # each backend has errors of its own
                raise ConfigError(
                    f"this computer's key store did not take the token ({type(error).__name__}); "
                    "`--keep file` keeps it in a file"
                ) from None
        return {}

    def remove(self, account: str, fields: Mapping[str, str]) -> list[str]:
        keyring, there = _keyring(), []
        for field in fields:
            name = variable(account, field)
            try:
                if keyring.get_password("crosspost", name) is not None:
                    keyring.delete_password("crosspost", name)
                    there.append(name)
            except Exception:  # noqa: S112  # no key store, so nothing is in it
                continue
        return there


class Command(Place):
    """A password manager: one command stores a secret, another prints it.

    :param show: the command that prints a secret; ``{name}`` in it is the secret's name
    :param take: the command that takes one on its standard input; "" when the person has stored it
    """

    key = "command"
    label = "in your password manager (pass, 1Password, Bitwarden …)"

    def __init__(self, secrets_file: Path, show: str = "pass show crosspost/{name}", take: str = "") -> None:
        super().__init__(secrets_file)
        self._show, self._take = show, take

    def store(self, account: str, secrets: Mapping[str, str]) -> dict[str, Any]:
        from crosspost.config.secret_command import SecretCommands

        commands = {}
        for field, value in secrets.items():
            name = shlex.quote(f"{account}-{field}")
            if self._take:
                _hand_over(self._take.replace("{name}", name), value)
            commands[field] = self._show.replace("{name}", name)
            if SecretCommands().printed(commands[field], f"{account}: `token_cmd`") != value:
                raise ConfigError(
                    f"`{commands[field]}` prints something else than the {field} of {account} that was just put there; "
                    "run it in a terminal to see what"
                )
        return {"token_cmd": commands}


class SystemdCredentials(Place):
    """Encrypted files that systemd passes to a service (systemd-creds(1))."""

    key = "systemd"
    label = "as encrypted credentials of a systemd service"

    def __init__(self, secrets_file: Path) -> None:
        super().__init__(secrets_file)
        self._made: list[Path] = []

    def store(self, account: str, secrets: Mapping[str, str]) -> dict[str, Any]:
        program = shutil.which("systemd-creds")
        if program is None:
            raise ConfigError(
                "systemd-creds is not installed here (systemd 250 or newer has it). `--keep file` needs nothing"
            )
        folder = self.file.with_name("credentials")
        folder.mkdir(mode=0o700, exist_ok=True)
        for field, value in secrets.items():
            name = variable(account, field)
            file = folder / f"{name}.cred"
            _hand_over(shlex.join([program, "encrypt", f"--name={name}", "-", str(file)]), value)
            self._made.append(file)
        return {}

    @property
    def notes(self) -> tuple[str, ...]:
        lines = " ".join(f"LoadCredentialEncrypted={file.stem}:{file.resolve()}" for file in self._made)
        return (f"Add to [Service] of the unit: {lines}",)


PLACES: dict[str, type[Place]] = {
    place.key: place for place in (SecretsFile, Keyring, OwnFiles, Command, SystemdCredentials)
}


def _keyring() -> Any:
    try:
        import keyring  # an extra
    except ImportError:
        from crosspost.config.installer import adding

        raise ConfigError(f"the key store needs one more package: {adding('keyring')}") from None
    return keyring


def _hand_over(command: str, value: str) -> None:
    """Give a secret to a command on its standard input."""
    words = shlex.split(command)
    try:
        done = subprocess.run(words, input=f"{value}\n".encode(), capture_output=True, check=False, timeout=60)  # noqa: S603  # the person's own command
    except (OSError, subprocess.TimeoutExpired, IndexError):
        raise ConfigError(f"`{command}` cannot be run; install it, or choose another place with `--keep`") from None
    if done.returncode:
        raise ConfigError(
            f"`{command}` did not take the token (exit code {done.returncode}); run it in a terminal to see why"
        )


def _name(line: str) -> str:
    found = _LINE.match(line)
    return found[1] if found else ""


def _quoted(value: str) -> str:
    """A value as the secrets file reads it: quotes where it has blanks, a # or quotes of its own at the ends."""
    return f'"{value}"' if re.search(r"[\s#]|^[\"']|[\"']$", value) else value


def _write_private(file: Path, text: str) -> None:
    """Replace a file as a whole, readable by its owner only.

    :raises ConfigError: when it cannot be written; then it is as it was
    """
    target = Path(os.path.realpath(file))
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        atomic_file.write(target, text.encode())
    except OSError as error:
        from crosspost.text.disk_space import remedy

        todo = remedy(error, "make its folder writable")
        raise ConfigError(f"{file} cannot be written: {error.strerror}; {todo}") from None
