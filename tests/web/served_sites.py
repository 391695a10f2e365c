"""The dashboard of a config with several sites, and somebody who came to it by the link."""

from collections.abc import Iterator
from contextlib import contextmanager

from crosspost.web import serving
from tests.several_sites import Sites, load
from tests.web.client import Client


@contextmanager
def served(sites: Sites) -> Iterator[int]:
    """The port of a dashboard that ends with the block."""
    with serving.beside(
        lambda: load(sites, ""), host="127.0.0.1", port=0, load_site=lambda name: load(sites, name)
    ) as port:
        yield port


def entered(port: int, sites: Sites) -> Client:
    """Somebody who may see all of them."""
    client = Client(port)
    assert client.post("/enter", ticket=serving.sessions_of(load(sites, "")).link()).status == 303
    return client
