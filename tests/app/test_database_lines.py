"""What is wrong with the database of a site, with the line in which it is."""

from pathlib import Path

import pytest

from crosspost.app import ledger_database
from crosspost.config import settings_file
from crosspost.config.credentials import Credentials
from crosspost.errors import ConfigError

LONG = "n" * 64


@pytest.mark.parametrize(
    ("site", "url", "said"),
    [
        ("club", "postgresql://h/x?options=-cjit%3Doff", "{file}:8: `database`: the address of the database has `opt"),
        ("club", "postgresql://h/x#y", "{file}:8: `database`: the address of the database has a # "),
        (LONG, "postgresql://h/x", "{file}:4: the name of a site whose ledger is in PostgreSQL has 63 characters"),
        ("pg_club", "postgresql://h/x", "{file}:4: PostgreSQL keeps the schema `pg_club` to itself"),
        ("information_schema", "postgresql://h/x", "{file}:4: PostgreSQL keeps the schema `information_schema` to"),
    ],
)
def test_a_mistake_is_in_the_line_of_what_is_wrong(tmp_path: Path, site: str, url: str, said: str) -> None:
    file = tmp_path / "crosspost.toml"
    text = f"""[sites.other]
path = "other"

[sites.{site}]
path = "club"

[state]
database = "{url}"
"""
    read = settings_file.parse(text, file).of_site(site)
    with pytest.raises(ConfigError) as told:
        ledger_database.of_site(read, Credentials({}), tmp_path / "ledger.sqlite3")
    assert str(told.value).startswith(said.format(file=file))


def test_a_name_may_be_as_long_as_that_of_a_schema(tmp_path: Path) -> None:
    text = f'[sites.{LONG[1:]}]\npath = "club"\n[state]\ndatabase = "postgresql://h/x"\n'
    read = settings_file.parse(text, tmp_path / "crosspost.toml").of_site(LONG[1:])
    address = ledger_database.of_site(read, Credentials({}), tmp_path / "ledger.sqlite3")
    assert address.named_schema() == LONG[1:]
    assert address.beside == tmp_path / "ledger.sqlite3"
