"""The ledger in a database: from the config's words to its address."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from crosspost.config.credentials import Credentials, variable
from crosspost.config.secrecy import conceal
from crosspost.config.settings import Settings
from crosspost.errors import ConfigError
from crosspost.ledger.postgresql.address import Address


def address_of(credentials: Credentials, url: str, beside: Path, where: str, schema: str = "") -> Address:
    """The address with its password, which is a secret like those of the accounts.

    :param where: what names the address, for messages
    :param schema: the schema of that database that the ledger is in; "" leaves that to the address and the server
    :raises ConfigError: when it is none, has the password in it, or a package is missing
    """
    if find_spec("psycopg") is None:
        from crosspost.config.installer import adding

        raise ConfigError(f"{where}: a ledger in PostgreSQL needs one more package: {adding('postgres')}")
    secret = credentials.get("database", "password")
    password = secret.reveal() if secret is not None else ""
    conceal(*([password] if password else []))
    try:
        return Address(_in_schema(url, schema) if schema else url, beside, password)
    except ValueError as error:
        raise ConfigError(
            f"{where}: the address of the database {error}. Write postgresql://USER@HOST/DATABASE, and the password as "
            f"{variable('database', 'password')} into {credentials.place}. See `crosspost help database`"
        ) from None


def main_database(said: Settings | None, credentials: Credentials, beside: Path) -> Address:
    """The database of ``[site]``: what the whole installation shares is in it.

    :param beside: the ledger's file, were it in one
    :raises ConfigError: when the config names none, or it cannot be used
    """
    if said is None or not said.state.database:
        raise ConfigError("the ledger is not in a database, so renewed tokens are files of this machine")
    where = f"{said.place('state', 'database')}: `database`"
    return address_of(credentials, said.state.database, beside, where)


def _in_schema(url: str, schema: str) -> str:
    """The address of one schema of a database (postgresql.org/docs/current/libpq-connect.html, ``options``).

    :raises ValueError: when the address names a schema, or other options, itself
    """
    if "options" in dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)):
        raise ValueError("has `options` in it: with several sites, each is in the schema of its name")
    return f"{url}{'&' if urlsplit(url).query else '?'}options=-csearch_path%3D%22{schema}%22"
