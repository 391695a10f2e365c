"""How git reaches a repository: with which settings and variables, and what it means when that does not work."""

import base64
import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crosspost.app.git_command import reason
from crosspost.config.credentials import variable
from crosspost.config.git_address import checked
from crosspost.config.secrecy import conceal
from crosspost.model import Value
from crosspost.text.printable import printable

if TYPE_CHECKING:
    from crosspost.config.credentials import Credentials
    from crosspost.config.settings import SiteSettings

#: nothing of the repository, and nothing that it names, is carried out or fetched
_CONFIG = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "protocol.allow=never",
    "transfer.bundleURI=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "credential.interactive=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
)
#: the user's variables that git may have; others of its own would have it work elsewhere, or print what it sends
_OURS = ("GIT_SSH", "GIT_ASKPASS", "GIT_CONFIG", "GIT_SSL", "GIT_PROXY", "GIT_EXEC_PATH")
#: words of git → what a person should do
_LOGIN = (
    "Authentication failed", "could not read Username", "could not read Password", "terminal prompts disabled",
    "Permission denied", "HTTP Basic: Access denied", "error: 401", "error: 403",
)  # fmt: skip


class Way(Value, frozen=True, kw_only=True):
    """What git is called with; ``token`` is the variable that a token would be in, ``hidden`` what nobody may see."""

    environ: dict[str, str]
    config: tuple[str, ...]
    token: str
    branch: str
    hidden: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Way(***)"

    def meaning(self, said: bytes) -> str:
        """What git's last words mean, in a clause or two, without any secret."""
        text, why = os.fsdecode(said), reason(said)
        before, _, _ = text.partition("fatal: Could not read from remote repository")
        if before != text and before.strip():  # ssh has said why
            why = printable(before.strip().splitlines()[-1])[:300]
        for secret in self.hidden:
            why = why.replace(secret, "***")
        if any(word in text for word in _LOGIN):
            return (
                f"it wants a login. Set {self.token}, or set up a credential helper or a key of ssh for the user that "
                f"crosspost runs as. git says: {why}"
            )
        if "Host key verification failed" in text:
            return (
                "its host is not known here. Connect once by hand as the user that crosspost runs as (`ssh -T HOST`), "
                "and compare its key"
            )
        if "couldn't find remote ref" in text:
            return f"it has no branch {self.branch}" if self.branch else "it has no commit yet"
        return f"git says: {why}"


def words(site: "SiteSettings", into: str) -> tuple[str, ...]:
    """The command that fetches the newest commit of the branch, and no history."""
    ref = f"refs/heads/{site.branch}" if site.branch else "HEAD"
    options = ("--quiet", "--depth=1", "--no-tags", "--force", "--no-recurse-submodules", "--no-write-fetch-head")
    return "fetch", *options, "--", checked(site.git), f"+{ref}:{into}"


@contextlib.contextmanager
def reached(
    site: "SiteSettings", name: str, credentials: "Credentials | None", environ: Mapping[str, str]
) -> Iterator[Way]:
    """The way there, as long as it is needed.

    :raises ConfigError: when the token cannot be used
    """
    parts, token = urlsplit(checked(site.git)), variable(name, "git_token")
    mine = {key: value for key, value in environ.items() if not key.startswith("GIT_") or key.startswith(_OURS)}
    # the user's own config may have git reach https addresses by ssh
    mine["GIT_ALLOW_PROTOCOL"] = f"{parts.scheme}:https:ssh" if parts.scheme in ("http", "git") else "https:ssh"
    secret = credentials.get(name, "git_token") if credentials is not None else None
    hidden: tuple[str, ...] = ()
    if secret is not None and parts.scheme in ("https", "http"):
        plain = f"{parts.username or 'x-access-token'}:{secret.reveal()}"
        basic = base64.b64encode(plain.encode()).decode()
        hidden = (secret.reveal(), basic)
        conceal(*hidden)
        host = parts.netloc.rpartition("@")[2]
        mine |= _configured(mine, f"http.{parts.scheme}://{host}/.extraHeader", f"Authorization: Basic {basic}")
    yield Way(environ=mine, config=_CONFIG, token=token, branch=site.branch, hidden=hidden)


def _configured(environ: Mapping[str, str], key: str, value: str) -> dict[str, str]:
    """A setting in variables, where other users do not see it as they see words of a command (git-config(1))."""
    count = environ.get("GIT_CONFIG_COUNT", "0")
    number = int(count) if count.isdecimal() else 0
    return {
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": key,
        f"GIT_CONFIG_VALUE_{number}": value,
    }
