"""An agency's installation, made quickly: the first site by a real first run, the others as copies of what that left.

A first run of 1,000 sites reads and plans 500,000 posts, which takes half an hour and is not what is measured. What is
copied differs in names only, and whoever measures makes sure first that a look finds each copy as it must be.
"""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from crosspost.ledger import Ledger, opening
from crosspost.ledger.facts import ID
from crosspost.ledger.postgresql.address import Address
from crosspost.ledger.schema import TABLES
from tests.benchmarks.material import CROSSPOST
from tests.benchmarks.rows import once
from tests.postgresql_server import Server

#: of each site
POSTS, ACCOUNTS = 500, 10
#: when all files were changed last: what was changed a moment ago is read again each time
_LONG_AGO = 1_770_000_000
#: the site that has a real first run; the names of all are equally long, so that they can be replaced in a file
_FIRST = "s0000"
#: what differs between two looks at which nothing happened
_PASSING = "('last_run', 'machine')"
_DIGEST = """SELECT md5(string_agg(one::text, '|' ORDER BY one::text)) FROM "{schema}".{table} one {only}"""


class Agency:
    """Sites of 500 posts and 10 accounts.

    :param folder: an empty one
    :param server: where the ledgers are, each in a schema of its own; None: they are files
    """

    def __init__(self, folder: Path, sites: int, server: Server | None = None) -> None:
        self.folder, self.config, self._server = folder, folder / "crosspost.toml", server
        self.names = [f"s{number:04}" for number in range(sites)]
        self._database = server.new_database() if server is not None else ""
        for name in self.names:
            self._write_posts(name)
        self._write_config()
        if server is not None:
            self.ask(";".join(f'CREATE SCHEMA "{name}"' for name in self.names))
        once((*CROSSPOST, "run", "--quiet", "--config", str(self.config), "--site", _FIRST))
        copy = self._copied_file() if server is None else self._copied_schema
        for name in self.names[1:]:
            copy(name)

    @property
    def run(self) -> tuple[str, ...]:
        """The command for a run over all sites."""
        return (*CROSSPOST, "run", "--quiet", "--config", str(self.config))

    def prove(self) -> None:
        """Make sure that the copies are what runs would have left: a look changes nothing in them, and finds an edit.

        :raises RuntimeError: when they are not
        """
        before = self.state()
        once(self.run)  # makes the lists of posts, too, which are beside the ledgers
        if self.state() != before:
            raise RuntimeError("a look at copied ledgers changes them")
        edited = self.names[len(self.names) // 2]
        self._edit(edited)
        once(self.run)
        after = self.state()
        if [name for name in self.names if after[name] != before[name]] != [edited]:
            raise RuntimeError(f"a look does not find what was edited in {edited}, and nothing else")

    def _edit(self, name: str) -> None:
        """Change one post of a site, which is out nowhere: nothing is to be sent."""
        with (self.folder / name / "_posts/2007-01-08-post-7.md").open("a", encoding="utf-8") as file:
            file.write("More.\n")

    def ask(self, sql: str) -> str:
        """What the database answers."""
        assert self._server is not None
        return self._server.ask(sql, self._database)

    def state(self) -> dict[str, str]:
        """What the ledger of each site has in it, less when it was looked at."""
        return {name: self._digest(name) for name in self.names}

    def _digest(self, name: str) -> str:
        if self._server is not None:
            return self.ask(
                " UNION ALL ".join(_DIGEST.format(schema=name, table=table, only=_only(table)) for table in TABLES)
            )
        digest = hashlib.blake2b(digest_size=16)
        with contextlib.closing(sqlite3.connect(self._file(name))) as opened:
            for table in TABLES:
                for row in opened.execute(f"SELECT * FROM {table} {_only(table)} ORDER BY 1"):
                    digest.update(repr(row).encode())
        return digest.hexdigest()

    # ── making it ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _write_posts(self, name: str) -> None:
        posts = self.folder / name / "_posts"
        posts.mkdir(parents=True)
        (posts.parent / "_config.yml").write_text(f"url: https://{name}.example.org\ntitle: {name}\nlang: de\n")
        for post in range(POSTS):
            file = posts / f"20{post % 26:02}-{post // 28 % 12 + 1:02}-{post % 28 + 1:02}-post-{post}.md"
            file.write_text(f"---\ntitle: Post {post}\ntags: [Garten]\n---\n\nText {post}.\n")
            os.utime(file, (_LONG_AGO, _LONG_AGO))

    def _write_config(self) -> None:
        sites, accounts = [], []
        for name in self.names:
            mine = [f"{name}-{account}" for account in range(ACCOUNTS)]
            sites.append(f'[sites.{name}]\npath = "{name}"\nlive_check = false\naccounts = {mine}\n')
            accounts += [f'[accounts.{account}]\nnetwork = "x"\n' for account in mine]
        state = 'ledger = "state/ledger.sqlite3"'
        if self._server is not None:
            state += f'\ndatabase = "{self._server.address(self._database)}"'
        self.config.write_text("\n".join([*sites, *accounts, f"[state]\n{state}\n"]), "utf-8")

    def _file(self, name: str) -> Path:
        return self.folder / "state/sites" / name / "ledger.sqlite3"

    def _copied_file(self) -> Callable[[str], None]:
        """What makes the ledger of a site from the first one's file."""
        first = self._file(_FIRST).read_bytes()

        def copy(name: str) -> None:
            file = self._file(name)
            file.parent.mkdir(parents=True)
            file.write_bytes(first.replace(_FIRST.encode(), name.encode()))
            self._settle(Ledger(file, _now), moves=False)

        return copy

    def _copied_schema(self, name: str) -> None:
        assert self._server is not None
        url = f"{self._server.address(self._database)}&options=-csearch_path%3D%22{name}%22"
        ledger = Ledger(Address(url, self._file(name)), _now)
        copies = [self._copying(table, name) for table in ("posts", "deliveries", "accounts")]
        self.ask(";".join(["SET session_replication_role = replica", *copies]))
        self._settle(ledger, moves=True)

    def _copying(self, table: str, name: str) -> str:
        """SQL that copies a table's rows with another name in them."""
        found = self.ask(
            "SELECT column_name, data_type FROM information_schema.columns "
            f"WHERE table_schema = '{_FIRST}' AND table_name = '{table}'"
        )
        columns = dict(line.split("|") for line in found.splitlines())
        values = (
            column if kind == "bigint" else f"replace({column}, '{_FIRST}', '{name}')"
            for column, kind in columns.items()
        )
        copied = f'INSERT INTO "{name}".{table} ({", ".join(columns)}) SELECT {", ".join(values)} FROM {_FIRST}.{table}'
        number = {"posts": "added", "deliveries": "id"}.get(table)
        if number is None:
            return copied
        sequence = f"pg_get_serial_sequence('\"{name}\".{table}', '{number}')"
        return f'{copied};SELECT setval({sequence}, (SELECT max({number}) FROM "{name}".{table}))'

    def _settle(self, ledger: Ledger, *, moves: bool) -> None:
        """Have a copy be a ledger of its own, as `crosspost ledger adopt` does."""
        home = Path(os.environ["XDG_STATE_HOME"], "crosspost/marks")
        with contextlib.closing(ledger):
            ledger.keep_fact(ID, "")
            opening.adopt(ledger, opening.Outside(home=home, moves=moves))


def _now() -> datetime:
    return datetime.now(UTC)


def _only(table: str) -> str:
    return f"WHERE name NOT IN {_PASSING}" if table == "facts" else ""
