"""The people who may log in: names, roles and hashed passwords in one file beside the ledger (mode 0600)."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import msgspec

from crosspost.errors import ConfigError
from crosspost.model import Value
from crosspost.model.value import ready
from crosspost.text.lazy_pattern import lazy

Role = Literal["reader", "author", "approver", "admin"]
#: each may do what those before it may
ROLES: tuple[Role, ...] = get_args(Role)
#: characters a password needs at least (NIST SP 800-63B-4 section 3.1.1.2 asks for 8, 15 where it stands alone)
SHORTEST = 12
# scrypt (RFC 7914): 32 MiB and about a tenth of a second for one try, see the OWASP password storage cheat sheet
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
_MEMORY = 64 * 1024 * 1024
_NAME = lazy(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class User(Value, frozen=True, kw_only=True):
    """One person. ``salt`` and ``hash`` are hexadecimal; both are "" for one who comes through a proxy.

    ``token`` is the SHA-256 of the token with which their programs write, "" without one. ``sites`` are the names of
    the sites they may see; None: all of them.
    """

    name: str
    role: Role
    salt: str = ""
    hash: str = ""
    token: str = ""
    sites: tuple[str, ...] | None = None

    def sees(self, site: str) -> bool:
        """Whether a site is among theirs."""
        return self.sites is None or site in self.sites

    @property
    def mark(self) -> str:
        """Changes with the password, so that it ends the sessions from before."""
        return hashlib.sha256(f"{self.salt}{self.hash}".encode()).hexdigest()[:16]


#: the person at the terminal, who has the ledger in hand anyway
OWNER = User(name="owner", role="admin")


def may(user: User, least: Role) -> bool:
    """Whether somebody may do what needs at least this role.

    Accounts belong to the whole installation, so nobody is an administrator of some sites only.
    """
    role = "approver" if user.role == "admin" and user.sites is not None else user.role
    return ROLES.index(role) >= ROLES.index(least)


def refuse_role(role: Role, sites: Sequence[str] | None) -> None:
    """:raises ConfigError: for an administrator of some sites only"""
    if role == "admin" and sites is not None:
        raise ConfigError(
            "an admin connects accounts, which belong to all sites; make it an approver, or leave --site out"
        )


def lost_sites(user: User, names: Sequence[str]) -> list[str]:
    """The sites that somebody may see, but the config does not have.

    :param names: of all sites of the config
    """
    return [site for site in user.sites or () if site not in names]


class Users:
    """The file of users. It is read anew each time, so that a change counts at once."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> dict[str, User]:
        """Everybody by name.

        :raises ConfigError: when the file cannot be read
        """
        try:
            found = msgspec.json.decode(self._file.read_bytes(), type=ready(list[User]))
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            raise ConfigError(
                f"{self._file}, the users of the dashboard, cannot be read: {getattr(error, 'strerror', None) or error}"
            ) from None
        return {user.name: user for user in found}

    def put(self, name: str, role: Role, password: str = "", sites: Sequence[str] | None = None) -> None:
        """Add a person, or change role, password and sites of one.

        :param password: "": nobody can log in with one; only a proxy can bring this person
        :param sites: names of those they may see; None: all
        :raises ConfigError: for a name or password that cannot be used, or an administrator of some sites only
        """
        refuse_role(role, sites)
        if not _NAME.fullmatch(name) or name == OWNER.name:
            raise ConfigError(
                f"“{name}” cannot be a user’s name: at most 64 letters, digits and . _ @ -, and not “owner”"
            )
        if password and len(password) < SHORTEST:
            raise ConfigError(f"that password is too short: use at least {SHORTEST} characters, such as four words")
        salt = secrets.token_bytes(16) if password else b""
        hashed = _hash(password, salt).hex() if password else ""
        known = self.all()
        token = known[name].token if name in known else ""
        seen = tuple(dict.fromkeys(sites)) if sites is not None else None
        made = User(name=name, role=role, salt=salt.hex(), hash=hashed, token=token, sites=seen)
        self._write(known | {name: made})

    def new_token(self, name: str) -> str:
        """A token for somebody's programs, in place of the one they had. It is not kept: only its checksum is.

        :raises ConfigError: when nobody has that name
        """
        token = secrets.token_urlsafe(32)  # 256 bits by chance: a plain checksum of it cannot be guessed back
        self._with_token(name, _sum(token))
        return token

    def end_token(self, name: str) -> None:
        """Somebody's programs may write no more.

        :raises ConfigError: when nobody has that name
        """
        self._with_token(name, "")

    def of_token(self, token: str) -> User | None:
        """Whose token that is; None for nobody's. Every user is compared, so that the time tells nothing."""
        found, given = None, _sum(token)
        for user in self.all().values():
            if user.token and hmac.compare_digest(user.token, given):
                found = user
        return found

    def _with_token(self, name: str, token: str) -> None:
        known = self.all()
        if name not in known:
            raise ConfigError(f"there is no user {name}; `crosspost web users` shows them")
        self._write(known | {name: msgspec.structs.replace(known[name], token=token)})

    def remove(self, name: str) -> None:
        """Take somebody off the list; their sessions end with it.

        :raises ConfigError: when nobody has that name
        """
        known = self.all()
        if name not in known:
            raise ConfigError(f"there is no user {name}; `crosspost web users` shows them")
        del known[name]
        self._write(known)

    def check(self, name: str, password: str) -> User | None:
        """Who that is; None for a wrong name or password, which take the same time."""
        user = self.all().get(name)
        salt = bytes.fromhex(user.salt) if user is not None and user.salt else b"nobody has this "
        right = hmac.compare_digest(_hash(password, salt).hex(), user.hash if user is not None else "")
        return user if right else None

    def _write(self, users: dict[str, User]) -> None:
        part = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as written:
                written.write(msgspec.json.format(msgspec.json.encode(list(users.values())), indent=2))
            part.replace(self._file)
        except OSError as error:
            raise ConfigError(f"{self._file} cannot be written: {error.strerror}") from None


def _sum(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY, dklen=32)
