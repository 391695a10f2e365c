"""A config with several sites on one sandbox, for tests."""

from collections.abc import Mapping
from pathlib import Path

from crosspost.app import loading
from crosspost.app.application import App
from crosspost.config.sites import MAIN
from crosspost.testing.harness import Place


class Sites:
    """Sites beside each other, each with the same old post.

    :param place: its config gets them instead of its own site
    :param tables: name of a site → what stands in its table besides ``path``
    :param url: the address of a site; ``{name}`` is its name
    """

    def __init__(self, place: Place, tables: Mapping[str, str], url: str = "https://{name}.example.org") -> None:
        self.place, self.url = place, url
        accounts = place.config.read_text("utf-8").partition("[accounts.")[2]
        self._rest = f"[accounts.{accounts}"
        self.tables: dict[str, str] = {}
        for name, more in tables.items():
            self.add(name, more)

    def add(self, name: str, more: str = "") -> None:
        """One more site."""
        self.tables[name] = more
        address = self.url.format(name=name)
        self.place.write(f"{name}/_config.yml", f"url: {address}\ntitle: The {name}\nlang: en\n")
        self.post(name, "old")
        self.write()

    def write(self) -> None:
        """The config as the tables are now."""
        heads = {name: "[site]" if name == MAIN else f"[sites.{name}]" for name in self.tables}
        sites = [f'{heads[name]}\npath = "../{name}"\n{more}\n' for name, more in self.tables.items()]
        self.place.config.write_text("\n".join((*sites, self._rest)), "utf-8")

    def post(self, site: str, name: str, *, said: str = "") -> Path:
        """A post, whose path and title are the same in each site."""
        text = f"---\ntitle: {name}\n{said}---\n\nOf the {site}.\n"
        return self.place.write(f"{site}/_posts/2026-11-20-{name}.md", text)

    def ledger(self, site: str) -> Path:
        """Where a site's ledger is."""
        state = self.place.config.parent / "state"
        return (state if site == MAIN else state / "sites" / site) / "ledger.sqlite3"

    def out(self) -> list[tuple[str, str, str]]:
        """Site, network and title of each post that is on a network."""
        found = []
        for post in self.place.sandbox.posts():
            of = [name for name in self.tables if f"Of the {name}." in str(post)]
            found.append((of[0] if of else "?", post["network"], post["text"].split()[0]))
        return sorted(found)


def run(sites: Sites, *options: str, code: int = 0) -> str:
    """What a run some minutes later says, which ends with this code."""
    sites.place.clock.pass_by(minutes=10)
    ran = sites.place.crosspost("run", *options)
    assert ran.code == code, ran
    return ran.out + ran.err


def load(sites: Sites, name: str) -> App:
    """The app of a site as the dashboard has it; "" for that of all of them."""
    return loading.load(
        config=sites.place.config,
        site=Path(name) if name else None,
        environ={},
        clock=sites.place.clock,
        required=True,
        whole=not name,
    )
