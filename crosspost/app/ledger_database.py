"""The ledger in a database: from the config's words to its address."""

from importlib.util import find_spec
from pathlib import Path

from crosspost.config.credentials import Credentials, variable
from crosspost.config.secrecy import conceal
from crosspost.errors import ConfigError
from crosspost.ledger.postgresql.address import Address


def address_of(credentials: Credentials, url: str, beside: Path, where: str) -> Address:
    """The address with its password, which is a secret like those of the accounts.

    :param where: what names the address, for messages
    :raises ConfigError: when it is none, has the password in it, or a package is missing
    """
    if find_spec("psycopg") is None:
        from crosspost.config.installation import adding

        raise ConfigError(f"{where}: a ledger in PostgreSQL needs one more package: {adding('postgres')}")
    secret = credentials.get("database", "password")
    password = secret.reveal() if secret is not None else ""
    conceal(*([password] if password else []))
    try:
        return Address(url, beside, password)
    except ValueError as error:
        raise ConfigError(
            f"{where}: the address of the database {error}. Write postgresql://USER@HOST/DATABASE, and the password as "
            f"{variable('database', 'password')} into {credentials.place}. See `crosspost help database`"
        ) from None
