"""What is too late is not sent: certainly not out before the connection stands, in doubt after that."""

import socket
import threading

import pytest

from crosspost.transport import jsonrpc, send_permission
from crosspost.transport.mail_server import MailServer, SmtpError
from crosspost.transport.send_permission import TooLateError
from crosspost.transport.session import Session, TransportError
from crosspost.transport.smtp import Connection
from tests.raw_server import RawServer

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Late:
    """From the n-th question on it is too late."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self) -> None:
        self.left -= 1
        if self.left <= 0:
            raise TooLateError("this process stood still for so long that another one may be sending it")


def test_a_request_that_is_too_late_certainly_is_not_out() -> None:
    session = Session()
    with RawServer(lambda wire, _: wire.sendall(_OK)) as there, send_permission.asked(Late(1)):
        with pytest.raises(TransportError, match="stood still for so long that another one may be sending it"):
            session.post(there.url, json={"status": "x"})
        assert session.last is not None
        assert not session.last.sent
        assert b"".join(there.requests) == b""


def test_what_stood_still_in_the_middle_of_a_request_may_be_out_but_is_not_whole() -> None:
    session = Session()
    with RawServer(lambda wire, _: None) as there, send_permission.asked(Late(2)):
        with pytest.raises(TransportError, match="stood still"):
            session.post(there.url, json={"status": "x"})
        assert session.last is not None
        assert session.last.sent
    assert b"status" not in b"".join(there.requests)


def test_it_is_asked_for_this_thread_and_this_block_only() -> None:
    with RawServer(lambda wire, _: wire.sendall(_OK)) as there:
        with pytest.raises(TransportError), send_permission.asked(Late(1)):
            Session().get(there.url)
        assert Session().get(there.url).text == "ok"
        with send_permission.asked(lambda: None):
            with pytest.raises(TransportError), send_permission.asked(Late(1)):
                Session().get(there.url)
            assert Session().get(there.url).text == "ok", "the outer block counts again"


def test_a_line_of_json_that_is_too_late_is_not_sent() -> None:
    session = Session()
    with socket.create_server(("127.0.0.1", 0)) as there, send_permission.asked(Late(1)):
        with pytest.raises(TransportError, match="stood still"):
            jsonrpc.ask(session, f"tcp://127.0.0.1:{there.getsockname()[1]}", {"id": 1, "method": "send"})
        assert session.last is not None
        assert not session.last.sent


def test_a_mail_that_is_too_late_is_not_sent() -> None:
    heard: list[bytes] = []

    def work() -> None:
        with there.accept()[0] as wire:
            wire.sendall(b"220 there\r\n")
            heard.append(wire.recv(10))

    with socket.create_server(("127.0.0.1", 0)) as there:
        thread = threading.Thread(target=work)
        thread.start()
        where = MailServer(host="127.0.0.1", port=there.getsockname()[1], tls="none")
        with send_permission.asked(Late(1)), pytest.raises(SmtpError, match="stood still"), Connection(where, None):
            pass
        thread.join(5)
    assert heard == [b""], "not even a greeting"
