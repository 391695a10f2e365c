"""The keys that renewed tokens in a database are encrypted with, as this machine has them."""

from typing import TYPE_CHECKING

from crosspost.config.credentials import RENEWED_KEY, called, variable
from crosspost.config.encryption import Keys
from crosspost.config.secrecy import conceal
from crosspost.errors import ConfigError

if TYPE_CHECKING:
    from crosspost.config.credentials import Credentials


def keys_of(credentials: "Credentials") -> Keys:
    """The keys that this machine has.

    :raises ConfigError: when there are none, or they cannot be used
    """
    name = variable(*RENEWED_KEY)
    found = credentials.get(*RENEWED_KEY)
    if found is None:
        raise ConfigError(
            f"renewed tokens are kept in the database, encrypted, and {name} is not set. `crosspost tokens key` makes "
            f"a key: give every machine the same one, in {credentials.place}. Where only one machine sends, "
            "`in_database = false` under [secrets] keeps them there. See `crosspost help database`"
        )
    text = found.reveal()
    conceal(text, *text.split(","))
    if not _package_there():
        from crosspost.config.installer import adding

        raise ConfigError(f"encrypting renewed tokens needs one more package: {adding('postgres')}")
    try:
        return Keys(text)
    except ValueError as error:
        raise ConfigError(f"{called(found, *RENEWED_KEY)} cannot be used: {error}") from None


def _package_there() -> bool:
    from importlib.util import find_spec

    return find_spec("cryptography") is not None
