"""The agency of the simulated day: its sites, the config of each machine, and the accounts on the stand-ins."""

import os
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crosspost.config import registry
from crosspost.config.credentials import variable
from crosspost.sandbox.core import store
from tests.benchmarks.day_plan import Account, Post
from tests.benchmarks.sandbox import Far


class Agency:
    """Writes everything that crosspost is given.

    :param folder: for sites and machines
    :param database: the address of the ledgers
    """

    def __init__(self, folder: Path, accounts: Sequence[Account], sandbox: Far, database: str) -> None:
        self._folder = folder
        of = _access(accounts, sandbox)
        self._tables = [_table(account, of[account]) for account in accounts]
        # the key of renewed tokens in the database
        self._secrets = [f"CROSSPOST_TOKENS_KEY={b64encode(os.urandom(32)).decode()}"]
        for account in accounts:
            known = of[account]["credentials"]
            self._secrets += [f"{variable(account.name, field)}={value}" for field, value in known.items()]
        self._state = f'[state]\ndatabase = "{database}"\nledger = "state/ledger.sqlite3"\n'
        names: dict[str, list[str]] = {}
        for account in accounts:
            names.setdefault(account.site, []).append(account.name)
        self._sites = [
            f'[sites.{site}]\npath = "../sites/{site}"\nlive_check = false\naccounts = {mine}\n'
            for site, mine in names.items()
        ]
        for site in names:
            self._site(site)

    def machine(self, number: int) -> Path:
        """The config of a machine, with a folder of its own."""
        folder = self._folder / f"machine{number}"
        folder.mkdir()
        config = folder / "crosspost.toml"
        config.write_text("\n".join([*self._sites, *self._tables, self._state]), "utf-8")
        secrets = folder / "secrets.env"
        secrets.write_text("\n".join(self._secrets), "utf-8")
        secrets.chmod(0o600)
        return config

    def appear(self, post: Post) -> None:
        """Put the post's file into its site."""
        file = self._folder / f"sites/{post.site}/_posts/{post.first:%Y-%m-%d}-{post.name.lower()}.md"
        file.write_text(post.text, "utf-8")

    def _site(self, site: str) -> None:
        folder = self._folder / "sites" / site
        (folder / "_posts").mkdir(parents=True)
        (folder / "_config.yml").write_text(
            f"url: https://{site}.example.org\ntitle: {site}\nlang: en\ntimezone: UTC\nfuture: true\n", "utf-8"
        )


def _access(accounts: Sequence[Account], sandbox: Far) -> dict[Account, dict[str, Any]]:
    """What a client needs for each account; each has one of its own on its network's stand-in."""
    kept, by_credential = sandbox.store, dict[tuple[str, str, str], store.Account]()
    found = {}
    for number, account in enumerate(accounts, start=3):  # every network knows two already
        network = sandbox.networks[account.network]
        made = network.account(number, account.identity, account.name)
        kept.accounts[account.network, account.identity] = made
        found[account] = network.access(made, sandbox.url)
        by_credential |= {(account.network, kind, value): made for kind, value in made.credentials.items()}

    def of(network: str, **credential: str) -> store.Account | None:
        ((kind, value),) = credential.items()
        return by_credential.get((network, kind, value))

    kept.account = of  # type: ignore[method-assign]  # going through ten thousand would be what is measured
    return found


def _table(account: Account, access: dict[str, Any]) -> str:
    needs = registry.load(account.network).needs
    more = "".join(f'{key} = "{value}"\n' for key, value in access.get("settings", {}).items() if key in needs)
    return (
        f'[accounts.{account.name}]\nnetwork = "{account.network}"\nbase_url = "{access["base_url"]}"\n'
        f"{more}{account.rules}\n"
    )
