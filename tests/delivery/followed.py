"""A site whose post is out, for tests of what follows."""

from pathlib import Path
from typing import Any

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place, Ran

FILE = "site/_posts/2026-11-20-gruesse.md"
EVERY = ("x", "mastodon", "facebook", "linkedin", "bluesky", "telegram", "signal", "newsletter")
TAKES_BACK = tuple(name for name in EVERY if name != "newsletter")


class Followed:
    """A place whose post is out, and an account's settings for what follows."""

    def __init__(self, root: Path, sandbox: Sandbox, clock: Clock, *networks: str, **settings: str) -> None:
        said = "".join(f'{key} = "{value}"\n' for key, value in settings.items())
        self.place = Place(root, sandbox, networks=networks, clock=clock)
        config = self.place.config.read_text("utf-8").replace("timeout = 5\n", f"timeout = 5\n{said}")
        self.place.config.write_text(config, "utf-8")
        self.file, self.sandbox, self.clock = self.place.post, sandbox, clock
        self.picture = self.place.root / "site/images/beet.jpg"
        for day in range(10, 14):  # a site has more than one post
            self.place.new_post(f"2026-11-{day}-alt{day}")
        self.run()
        assert self.place.crosspost(str(self.file)).code == 0
        assert self.run().out == "Nothing is due.\n"

    def run(self) -> Ran:
        return self.place.crosspost("run")

    def changes(self) -> dict[str, tuple[str, str]]:
        """One run: account → kind and state of its change."""
        told = self.place.crosspost("run", "--json").json["changes"]
        return {one["account"]: (one["kind"], one["state"]) for one in told}

    def say(self, old: str, new: str) -> None:
        text = self.file.read_text("utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), "utf-8")

    def posts(self, network: str) -> list[dict[str, Any]]:
        return self.sandbox.posts(network)

    def front(self, line: str) -> None:
        self.say("lang: de\n", f"lang: de\n{line}\n")


def count(site: Followed, *networks: str) -> set[int]:
    """How many posts there are on each of these networks."""
    return {len(site.posts(network)) for network in networks}
