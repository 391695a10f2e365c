"""The storm over workers on machines of their own, whose cables are pulled for longer than a lease."""

import time

from crosspost.testing.harness import Place
from tests.postgresql_server import Server
from tests.torture import hosts, worker_victim
from tests.torture.workers import WorkerStorm, _Member

#: seconds after a cable was plugged in again within which what waited on it comes to its end
_COMES_BACK = 10.0


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

    def _born_worker(self, place: Place) -> _Member:
        member = super()._born_worker(place)
        for (host, cable), until in self._pulled.items():
            self._note(host, cable, until, [member])
        return member

    def _note(self, host: hosts.Host, cable: str, until: float, members: list[_Member]) -> None:
        for member in members:
            if member.namespace == host.namespace:
                seconds = until - time.monotonic() + _COMES_BACK
                self.events.note(f"cut off from the {cable}", member.process.pid or 0, seconds=seconds)

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
                until = self._pulled[host, cable] = now + worker_victim.LEASE * self._random.uniform(1.5, 2.5)
                self._note(host, cable, until, self._members)
                self.result.weather[f"cut off from the {cable}"] += 1

    def _drain(self, place: Place) -> None:
        for host, cable in self._pulled:
            host.plug(cable)
        super()._drain(place)
