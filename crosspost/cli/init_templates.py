"""The texts ``crosspost init`` writes."""

import json
import textwrap
from typing import TYPE_CHECKING, Any

from crosspost.config import registry
from crosspost.config.credentials import variable

if TYPE_CHECKING:
    from crosspost.networks.base import Network

#: how the config of a sandbox begins: `crosspost init --sandbox` writes another one over no other file
SANDBOX = "# crosspost, on a sandbox:"
_FOR_SANDBOX = f"""\
{SANDBOX} nothing of this reaches a real network. Use it with --config.

[secrets]
file = "secrets.sandbox.env"

[state]
ledger = "state/sandbox.sqlite3"  # what is out on the sandbox is not out on the networks

"""
_HEAD = """\
# crosspost: where the posts are and where they go. `crosspost doctor` looks whether it can be used.
# Tokens are not written here but into {secrets} beside this file, or into the environment.

[site]
path = {path}  # {where}, seen from this file
{url}{lang}
[run]
max_per_run = 3  # posts per account in one run; the rest follow in the next
"""


_WHERE = {
    "jekyll": "the folder with _config.yml (or with files named 2024-01-31-name.md)",
    "hugo": "the folder with Hugo's configuration; its posts are read as they are, without a build",
    "built": "the folder of the site; read is what its generator built there (_site, public, dist or output)",
}
_NO_ACCOUNTS = """\
# Accounts: `crosspost accounts add NETWORK` connects one and writes it below, as a table [accounts.NAME].
"""


def config_text(path: str, facts: dict[str, Any], described: dict[str, Any] | None) -> str:
    """The config for a site.

    :param path: the site's folder, seen from the config file
    :param facts: what the site says about itself: ``url``, ``lang``; and what was ``chosen`` for what it does not say
    :param described: a sandbox's description, or None for the real networks
    """
    chosen = facts.get("chosen", {})
    if chosen.get("url"):
        url = f"url = {_toml(chosen['url'])}"
    elif facts["url"]:
        url = f"# url = {_toml(facts['url'])}  # the site says so itself"
    else:
        url = 'url = "https://example.org"  # where the site is on the web: please set it, the site does not say'
    said = "the site says so itself" if facts["lang"] else "language of the posts"
    lang = f"# lang = {_toml(facts['lang'] or 'de')}  # {said}\n"
    lang = f"lang = {_toml(chosen['lang'])}\n" if chosen.get("lang") else lang
    lang += f"timezone = {_toml(chosen['timezone'])}\n" if chosen.get("timezone") else ""
    stand_ins = (described or {}).get("networks", {})
    if described is None:
        accounts = [_NO_ACCOUNTS]
    else:
        accounts = [_account(name, stand_ins[name]) for name in registry.names() if name in stand_ins]
    secrets = "secrets.env" if described is None else "secrets.sandbox.env"
    where = _WHERE[facts.get("kind", "jekyll")]
    head = _HEAD.format(path=_toml(path), where=where, url=url, lang="\n" + lang, secrets=secrets)
    return "\n".join([("" if described is None else _FOR_SANDBOX + _pictures(described)) + head, *accounts])


def _pictures(described: dict[str, Any]) -> str:
    """The store of pictures that a sandbox serves, for networks that fetch them."""
    lines = [f"{name} = {_toml(value)}" for name, value in described.get("pictures", {}).items()]
    return "\n".join(["[pictures]", *lines, "", ""]) if lines else ""


def _account(name: str, stand_in: dict[str, Any]) -> str:
    cls = registry.load(name)
    lines = [f"[accounts.{name}]", f"network = {_toml(name)}"]
    lines.append(f"base_url = {_toml(stand_in['base_url'])}  # the sandbox")
    lines += [f"{key} = {_toml(value)}" for key, value in stand_in.get("settings", {}).items()]
    lines += [
        _hint(cls),
        *(f"# needs {variable(name, field)}: {what}" for field, what in cls.credentials.items()),
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _hint(cls: type["Network"]) -> str:
    """The setting most people want, as the network's example has it."""
    return next((line for line in cls.example.splitlines() if cls.hint and line.startswith(f"# {cls.hint} = ")), "")


def secrets_text(described: dict[str, Any]) -> str:
    """The secrets file of a sandbox: one line per credential."""
    known = described.get("networks", {})
    lines = [
        "# Tokens of the accounts in the config beside this file. Keep them to yourself: chmod 600, never into git."
    ]
    for name in registry.names():
        lines.append("")
        tokens = known.get(name, {}).get("credentials", {})
        for field, what in registry.load(name).credentials.items():
            if field in tokens:
                lines += [*_comment(what), f"{variable(name, field)}={tokens[field]}"]
    return "\n".join(lines) + "\n"


def example_accounts() -> str:
    """Every network's block of the example config."""
    return "\n".join(f"[accounts.{name}]\n{registry.load(name).example}" for name in registry.NETWORKS)


def example_secrets() -> str:
    """Every network's lines of the example of the secrets file."""
    parts = []
    for name in registry.NETWORKS:
        cls = registry.load(name)
        lines = _comment(f"{cls.name}: {cls.no_secrets}") if cls.no_secrets else []
        for field, what in cls.credentials.items():
            lines += [*_comment(f"{cls.name}: {what}"), f"{variable(name, field)}="]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 118, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)


def _toml(value: Any) -> str:
    """A string, number or list in TOML; JSON's way to write them is a subset of it."""
    return json.dumps(value, ensure_ascii=False)
