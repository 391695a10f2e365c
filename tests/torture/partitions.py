"""The storm over workers on machines of their own, whose cables are pulled for longer than a lease."""

import time

from crosspost.testing.harness import Place
from tests.postgresql_server import Server, running
from tests.torture import hosts, worker_victim
from tests.torture.books import Result
from tests.torture.workers import WorkerStorm, _Member


class PartitionStorm(WorkerStorm):
    """Workers that lose the database, or the networks, or both, and hear nothing of it.

    :param machines: where they live
    """

    def __init__(
        self, server: Server, machines: list[hosts.Host], *, queue: str = "database", seed: int = 1, sites: int = 1
    ) -> None:
        super().__init__(server, queue=queue, workers=len(machines), seed=seed, sites=sites)
        self._machines = machines
        #: which cables are pulled, and until when
        self._pulled: dict[tuple[hosts.Host, str], float] = {}

    def _namespace(self) -> str:
        return self._random.choice(self._machines).namespace

    def _weather_of_servers(self) -> None:
        super()._weather_of_servers()
        now = time.monotonic()
        for (host, cable), until in list(self._pulled.items()):
            if now > until:
                host.plug(cable)
                del self._pulled[host, cable]
        if self._random.random() < 0.02:
            host, cable = self._random.choice(self._machines), self._random.choice(list(hosts.CABLES))
            if (host, cable) not in self._pulled:
                host.pull(cable)
                self._pulled[host, cable] = now + worker_victim.LEASE * self._random.uniform(1.5, 2.5)
                self.result.weather[f"cut off from the {cable}"] += 1

    def _drain(self, place: Place, members: list[_Member]) -> None:
        for host, cable in self._pulled:
            host.plug(cable)
        super()._drain(place, members)


def one_storm(queue: str, workers: int, seed: int, sites: int = 1, posts: int = 40, seconds: float = 120) -> Result:
    """Two minutes of it, in a process that does nothing else.

    :raises hosts.MissingError: where there can be no machines
    """
    hosts.apart()
    with hosts.machines(workers) as machines, running(hosts.DATABASE) as server:
        return PartitionStorm(server, machines, queue=queue, seed=seed, sites=sites).storm(posts, seconds)
