"""Why a program cannot listen on a port, in a sentence that says what to do."""

import errno
import socket


def sentence(host: str, port: int, error: OSError, *, instead: str, where: str = "") -> str:
    """The sentence.

    :param instead: how another port is named: an option, or a line of the config
    :param where: the line and key, or the option, that names the host; "" where nobody can choose it
    """
    if error.errno == errno.EADDRINUSE:
        return f"another program uses port {port} already, perhaps another crosspost; take another one: {instead}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"this user may not use port {port}; take one above 1023: {instead}"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        before = f"{where}: " if where else ""
        return f"{before}this machine does not have the address {host}; 127.0.0.1 is this machine itself"
    return f"port {port} cannot be used: {error.strerror}; take another one: {instead}"
