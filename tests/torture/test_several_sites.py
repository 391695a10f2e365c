"""Two sites with the same paths, titles and addresses under one config, and processes that die: nothing mixes, nothing
is lost, nothing is out twice."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crosspost.sandbox import Sandbox
from crosspost.testing.harness import Clock, Place
from tests.several_sites import Sites
from tests.torture import victim
from tests.torture.processes import forking

pytestmark = pytest.mark.long

#: they have an account in common only where their addresses differ: else nobody could tell their posts apart there
SAME_ADDRESS = ("https://one.example.org", {"a": 'accounts = ["mastodon", "x"]', "b": 'accounts = ["bluesky"]'})
SHARED = ("https://{name}.example.org", {"a": 'accounts = ["mastodon", "x"]', "b": 'accounts = ["x", "bluesky"]'})
KILLS = 12


class _Shifted(Clock):
    ahead: float = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


@pytest.mark.parametrize(("url", "tables"), [SAME_ADDRESS, SHARED], ids=["same address", "shared account"])
def test_nothing_mixes(tmp_path: Path, url: str, tables: dict[str, str]) -> None:
    clock, chance = _Shifted(), random.Random(17)
    spawn = forking()

    def process(target: int) -> int | None:
        child = spawn.Process(
            target=victim.run,
            args=(
                ["run", "--config", str(place.config)],
                "",
                target,
                str(tmp_path / "note"),
                clock.ahead,
                str(tmp_path / "output"),
            ),
        )
        child.start()
        child.join(120)
        assert not child.is_alive()
        assert place.sandbox.wait_idle()
        return child.exitcode

    with Sandbox(clock=clock, options={"x": {"rate_limits": False}, "mastodon": {"rate_limits": False}}) as sandbox:
        place = Place(tmp_path, sandbox, networks=("mastodon", "x", "bluesky"), clock=clock)
        sites = Sites(place, {name: f"{more}\nlive_check = false" for name, more in tables.items()}, url)
        assert process(0) == 0
        passed = len((tmp_path / "note").read_text().splitlines())
        titles, killed = [], 0
        for number in range(KILLS):
            titles.append(f"post{number}")
            for name in tables:
                sites.post(name, titles[-1])
            clock.ahead += 60
            if number == 0:
                process(0)
                passed = len((tmp_path / "note").read_text().splitlines())
                continue
            killed += process(chance.randint(1, passed)) == -9
            clock.ahead += 600
        for gap in (60, 600, 3600, 7 * 3600, 27 * 3600, 600, 7 * 3600, 600):
            process(0)
            clock.ahead += gap
        out = Counter(sites.out())
    accounts = {
        name: more.partition("[")[2].partition("]")[0].replace('"', "").split(", ") for name, more in tables.items()
    }
    assert killed >= KILLS // 2
    assert out == Counter(
        (site, network, title) for site, has in accounts.items() for network in has for title in titles
    )
