"""Machines of their own for workers: network namespaces with a cable to the networks and one to the database.

Everything is bound to 127.0.0.1 and 127.0.0.2 in a namespace of the storm's own. A machine has no loopback, but a route
to these addresses over its cables, so its connections are real ones, without anything between their two ends. On a
cable that is pulled packets vanish in both directions, and nobody is told. Needs root and iproute2.
"""

import contextlib
import ctypes
import functools
import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

#: cable → the address at its other end
CABLES = {"networks": "127.0.0.1", "database": "127.0.0.2"}
DATABASE = CABLES["database"]
#: see unshare(2) and setns(2); Python has them from 3.12 on
_NEW_NETWORK = 0x40000000
#: nobody has it, so what is sent there vanishes
_NOBODY = "02:00:00:00:00:99"
#: lets addresses of the loopback come in over a cable
_LET_IN = "/proc/sys/net/ipv4/conf/all/route_localnet"
#: a namespace ends a while after it was deleted, so no name is used twice
_numbers = itertools.count()


class MissingError(Exception):
    """Why there can be no machines here."""


class Host:
    """A machine.

    :ivar namespace: the file that :func:`enter` takes
    """

    def __init__(self) -> None:
        number = next(_numbers)
        self._name = f"crosspost-{os.getpid()}-{number}"
        self.namespace = f"/run/netns/{self._name}"
        self._ends: dict[str, tuple[tuple[str, str, str], tuple[str, str, str]]] = {}
        _ip("netns", "add", self._name)
        _ip("netns", "exec", self._name, "sh", "-c", f"echo 1 > {_LET_IN}")
        for place, cable in enumerate(CABLES):
            net = f"10.{77 + number // 256}.{number % 256}"
            self._lay(cable, f"{net}.{place * 4 + 1}", f"{net}.{place * 4 + 2}", f"{number}-{place}")

    def pull(self, cable: str) -> None:
        """From now on packets vanish."""
        self._learn(cable, pulled=True)

    def plug(self, cable: str) -> None:
        """They arrive again."""
        self._learn(cable, pulled=False)

    def remove(self) -> None:
        _ip("netns", "del", self._name)

    def _lay(self, cable: str, there: str, here: str, number: str) -> None:
        far, near = f"far{number}", f"near{number}"
        _ip("link", "add", far, "type", "veth", "peer", "name", near, "netns", self._name)
        for device, address, at in ((far, there, ()), (near, here, ("-n", self._name))):
            _ip(*at, "addr", "add", f"{address}/30", "dev", device)
            _ip(*at, "link", "set", device, "up")
        _ip("-n", self._name, "route", "add", CABLES[cable], "via", there, "dev", near, "src", here)
        self._ends[cable] = (far, here, _hardware(near, self._name)), (near, there, _hardware(far))
        self.plug(cable)

    def _learn(self, cable: str, *, pulled: bool) -> None:
        """Each end is told for good which hardware the other end's address belongs to."""
        for at, (device, other, hardware) in zip(((), ("-n", self._name)), self._ends[cable], strict=True):
            address = _NOBODY if pulled else hardware
            _ip(*at, "neigh", "replace", other, "lladdr", address, "dev", device, "nud", "permanent")


@functools.cache
def apart() -> None:
    """Move this process to a namespace of its own, before it has other threads; once more does nothing.

    :raises MissingError: where that cannot be
    """
    if _libc().unshare(_NEW_NETWORK):
        raise MissingError(f"no network namespace can be made: {os.strerror(ctypes.get_errno())}")
    try:
        _ip("link", "set", "lo", "up")
        Path(_LET_IN).write_text("1")
    except (OSError, subprocess.CalledProcessError) as error:
        raise MissingError(f"its network cannot be set up: {error}") from None


@contextlib.contextmanager
def machines(count: int) -> Iterator[list[Host]]:
    """So many, which end with the block.

    :raises MissingError: where there can be none, with the reason
    """
    made: list[Host] = []
    try:
        try:
            made.extend(Host() for _ in range(count))
        except (OSError, subprocess.CalledProcessError) as error:
            raise MissingError(f"machines cannot be connected: {getattr(error, 'stderr', '') or error}") from None
        yield made
    finally:
        for host in made:
            host.remove()


def enter(namespace: str) -> None:
    """Have this process work on a machine.

    :raises OSError: when that fails
    """
    with Path(namespace).open() as file:
        if _libc().setns(file.fileno(), _NEW_NETWORK):
            raise OSError(ctypes.get_errno(), f"{namespace} cannot be entered")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _hardware(device: str, namespace: str = "") -> str:
    at = ("-n", namespace) if namespace else ()
    return str(json.loads(_ip(*at, "-j", "link", "show", device))[0]["address"])


def _ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout  # iproute2's
