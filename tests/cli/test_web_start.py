"""What keeps the dashboard from starting is a sentence with the line of the config, and what to do."""

import errno
import os
import socket

import pytest

from crosspost.testing.harness import Place
from crosspost.text.port_errors import sentence

WRONG = {
    'address = "nope nope"': "`address`: it contains a space",
    'address = "ftp://posts.example.org"': "`address`: the address of a site must begin with https://, not ftp://",
    'host = "https://posts.example.org"': "`host`: “https://posts.example.org” is not the address of a machine",
    'host = "127.0.0.300"': "`host`: “127.0.0.300” is not the address of a machine",
    'host = "nowhere.invalid"': "`host`: this machine does not have the address nowhere.invalid",
    "port = 99999": "`port`: expected a whole number of at most 65535",
    'proxy_header = "X-User"': "`proxy_header` needs `proxy_networks`",
    'proxy_networks = ["nope"]': "`proxy_networks`: “nope” is not a network, such as 10.0.0.0/8",
    'proxy_networks = ["10.1.2.3/8"]': "“10.1.2.3/8” is not a network, such as 10.0.0.0/8; it names one machine",
    'proxy_networks = ["0.0.0.0/0"]': "`proxy_networks` may not be the whole internet",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_mistake_in_the_config_has_its_line(place: Place, line: str) -> None:
    text = place.config.read_text("utf-8")
    place.config.write_text(f"{text}\n[web]\n# how it is served\n{line}\n", "utf-8")
    ran = place.crosspost("web", "--port", "0")
    assert ran.code == 2
    assert WRONG[line] in " ".join(ran.err.split())
    assert f"crosspost.toml:{len(text.splitlines()) + 4}: " in ran.err


def test_a_port_that_is_taken(place: Place) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in (["web", "--port"], ["sandbox", "--port"]):
            ran = place.crosspost(*command, str(port))
            assert (ran.code, ran.out) == (2, "")
            said = (
                f"Error: another program uses port {port} already, perhaps another crosspost; take another one: --port"
            )
            assert ran.err.startswith(said)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EACCES, "no"), "this user may not use port 80; take one above 1023: --port N"),
        (OSError(errno.EADDRNOTAVAIL, "no"), "this machine does not have the address host.example; 127.0.0.1 is"),
        (socket.gaierror(-2, "no"), "this machine does not have the address host.example; 127.0.0.1 is"),
        (OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS)), "port 80 cannot be used: "),
    ],
)
def test_why_a_port_cannot_be_used(error: OSError, said: str) -> None:
    assert sentence("host.example", 80, error, instead="--port N").startswith(said)
