"""The ledger in a database: from the config's words to its address."""

import getpass
import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from crosspost.config.credentials import Credentials, variable
from crosspost.config.secrecy import conceal
from crosspost.config.settings import Settings
from crosspost.config.sites import MAIN
from crosspost.errors import ConfigError
from crosspost.ledger.postgresql.address import Address

#: characters of the name of a schema; what is longer is cut off in silence (postgresql.org/docs/current, 4.1.1)
_LONGEST = 63


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


def of_site(said: Settings, credentials: Credentials, beside: Path) -> Address:
    """The address of a site's ledger; each of several is in the schema of its name.

    :param beside: the ledger's file, were it in one
    :raises ConfigError: when the config names none, it cannot be used, or no schema can have that name
    """
    where = f"{said.place('state', 'database')}: `database`"
    if said.name:
        _refuse_name(said.name, said.place("site"))
        if MAIN in said.site_names:
            _refuse_schema_of_main(said, credentials, beside)
    return address_of(credentials, said.state.database, beside, where, schema=said.name)


def _refuse_name(name: str, where: str) -> None:
    """:raises ConfigError: when PostgreSQL makes no schema of that name, or makes another one of it (its manual, 4.1.1
    and 5.10)"""
    if len(name) > _LONGEST:
        raise ConfigError(
            f"{where}: the name of a site whose ledger is in PostgreSQL has {_LONGEST} characters at most, as its "
            f"schemas have; this one has {len(name)}"
        )
    if name.startswith("pg_") or name == "information_schema":
        raise ConfigError(
            f"{where}: PostgreSQL keeps the schema `{name}` to itself, so no site whose ledger is in it has that name; "
            "take another one"
        )


def _refuse_schema_of_main(said: Settings, credentials: Credentials, beside: Path) -> None:
    """:raises ConfigError: when the ledger of ``[site]`` is, or may be, where that of this site would be"""
    from crosspost.ledger.postgresql.connection import schema_of

    if said.name == "public" or (
        said.name == _user(said.state.database) and schema_of(main_database(said, credentials, beside)) == said.name
    ):
        raise ConfigError(
            f"{said.place('site')}: what all sites share is in the schema `{said.name}`, so no site can have that "
            "name; take another one. If that schema was only made for this site, drop it again"
        )


def _user(url: str) -> str:
    """Who connects, as libpq has it: in the schema of that name it looks before ``public``."""
    parts = urlsplit(url)
    said = parts.username or dict(parse_qsl(parts.query)).get("user") or os.environ.get("PGUSER")
    return unquote(said) if said else getpass.getuser()


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
