"""A storm around boosts: processes die on the way of a boost, and each post is boosted once all the same.

`make torture-boosts` runs it.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from crosspost.config import registry
from crosspost.config.credentials import variable
from crosspost.ledger import Ledger
from crosspost.testing.harness import Place
from tests.boosted import boosted, second_account
from tests.torture.accounts import settled
from tests.torture.books import Result, _whole, title_of
from tests.torture.storm import Storm, _Shifted
from tests.torture.tables import table

#: the networks on which crosspost boosts
NETWORKS = tuple(name for name in registry.names() if registry.load(name).boosts)
_ECHO = "echo-"


class BoostStorm(Storm):
    """An account on each of the networks says posts, and a second one boosts them a minute later."""

    def rage(self, rounds: int, *, kills: int, changes: int = 0) -> Result:  # a storm's shape
        """``rounds`` times: up to ``kills`` processes die on the way of a boost; then wait for calm."""
        clock, names = _Shifted(), list[str]()
        with tempfile.TemporaryDirectory() as folder, settled(Path(folder), NETWORKS, clock) as place:
            _add_echoes(place)
            self._process(place, "")  # the first run: nothing is old
            names.append(self._said(place, clock, 0))
            for line, number in Counter(self._process(place, "")).items():
                account, _, what = line.partition(": ")
                if account.startswith(_ECHO):
                    self.result.points.setdefault(account, {})[what] = number
            for _ in range(rounds):
                for _ in range(kills):
                    names.append(self._said(place, clock, len(names)))
                    self._one(place, clock)
                self._calm(place, clock, kills)
            self._compare(place, names)
            assert place.sandbox.errors == [], place.sandbox.errors
        return self.result

    def _said(self, place: Place, clock: _Shifted, number: int) -> str:
        """A new post that the accounts have said, so that it can be boosted from now on."""
        self._post(place, f"p{number}")
        self._process(place, "")
        clock.ahead += 400  # a boost that was looked at before its post was said is looked at again in five minutes
        return f"p{number}"

    def _one(self, place: Place, clock: _Shifted) -> None:
        account, what = self._next_point()
        if self._random.random() < self.faults:
            self._misfortune(place, account.removeprefix(_ECHO))
        self._process(place, f"{account}: {what}", self._random.randint(1, self.result.points[account][what]))
        clock.ahead += self._random.choice((1, 30, 400))

    def _compare(self, place: Place, names: list[str]) -> None:
        ledger = Ledger(place.app.ledger_place(), place.clock, read_only=True)
        rows = {(row.post, row.account): row for row in ledger.deliveries()}
        ledger.close()
        for network in NETWORKS:
            said = {title_of(post["text"]): post for post in place.sandbox.posts(network) if title_of(post["text"])}
            for name in names:
                if rows[name, network].state != "sent":  # there is nothing to boost; other storms are about that
                    continue
                row, times = rows.get((name, f"{_ECHO}{network}")), boosted(place.sandbox, network, said[name])
                outcome, wrong = _whole(row, times)
                self.result.outcomes[f"{_ECHO}{network}", "deliveries"] += 1
                self.result.outcomes[f"{_ECHO}{network}", outcome] += 1
                if outcome != "sent once":
                    state = f"{row.state}: {row.error}" if row is not None else "no row"
                    self.result.reasons[f"{_ECHO}{network}: {outcome}{wrong}: {state[:150]}"] += 1


def _add_echoes(place: Place) -> None:
    text, tokens = place.config.read_text("utf-8"), place.secrets.read_text("utf-8")
    for network in NETWORKS:
        access, more, known = second_account(place.sandbox, network)
        text += f'[accounts.{_ECHO}{network}]\nnetwork = "{network}"\nbase_url = "{access["base_url"]}"\ntimeout = 2\n'
        text += f'boost_from = "{network}"\nboost_after = "1m"\n{more}'
        tokens += "".join(f"{variable(_ECHO + network, field)}={value}\n" for field, value in known.items())
    place.config.write_text(text, "utf-8")
    place.name_the_ledger()
    place.secrets.write_text(tokens, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture.boosts")
    parser.add_argument("--kills", type=int, default=100, help="how many processes to kill at least")
    parser.add_argument("--seed", type=int, default=1)
    wanted, result = parser.parse_args(), Result()
    seed = wanted.seed
    while (left := wanted.kills - result.killed) > 0:
        # no storm is larger than what is still wanted: on a busy machine each kill takes a minute
        result.add(BoostStorm(NETWORKS, seed=seed).rage(min(4, -(-left // 8)), kills=min(8, left)))
        seed += 1
        known = f"{result.killed} killed, {result.total('lost')} lost, {result.total('duplicates')} boosted twice"
        print(f"{known} …", file=sys.stderr, flush=True)  # noqa: T201  # the same
    print(table(result))  # noqa: T201  # a program for the terminal
    return 1 if result.total("lost") or result.total("duplicates") else 0


if __name__ == "__main__":
    sys.exit(main())
