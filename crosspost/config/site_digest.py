"""What the config says for one site of several: with a change elsewhere in it, what was remembered of the site holds.

A config of a thousand sites is a megabyte, and one line of it is changed for one of them.
"""

import hashlib

import msgspec

from crosspost.config.settings import Account, Settings, SiteSettings

#: the accounts of the config read last, and what tells which there are
_every: tuple[dict[str, Account], str] = ({}, "")


def said_for(settings: Settings) -> str:
    """What tells this config from others, as far as it is about this site.

    Of accounts that only other sites have it has the name and the network, because a post may name them.

    :param settings: the config, as the site has it
    """
    every, names = settings.accounts, settings.site.accounts
    mine = every if names is None else {name: every[name] for name in names}
    shared = {name: sites for name, sites in settings.shared.items() if name in mine}
    said = msgspec.structs.replace(
        settings,
        text="",
        sites={},
        wrong_sites={},
        refused_sites={},
        site_names=(),
        main_site=SiteSettings(),
        shared=shared,
        accounts=mine,
    )
    encoded = msgspec.json.encode(said, enc_hook=repr, order="deterministic")
    return hashlib.blake2b(encoded + _known(every).encode(), digest_size=16).hexdigest()


def _known(accounts: dict[str, Account]) -> str:
    """Which accounts there are, worked out once for all sites of a config."""
    global _every  # noqa: PLW0603  # one config is read at a time, and a second one only costs time
    before, digest = _every
    if before is not accounts:
        pairs = repr(sorted((name, one.network) for name, one in accounts.items()))
        digest = hashlib.blake2b(pairs.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
        _every = accounts, digest
    return digest
