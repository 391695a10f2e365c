"""A signal that the system gives to another thread than the main one is heard all the same."""

import subprocess
import sys

#: the timer's thread gets the signal, as happens now and then on a busy machine
SCRIPT = """
import pathlib, signal, threading
from crosspost.ledger.postgresql.address import Address
from crosspost.workers.claim_queue import ClaimQueue

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
queue = ClaimQueue(Address("postgresql://127.0.0.1:1/nothing", pathlib.Path("x")), [])
queue._slot = lambda deliver, stop, able: stop.wait()
threading.Timer(0.2, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)).start()
queue.work(print, 2, stop, lambda site: True)
print("ended")
"""


def test_a_worker_hears_a_signal_that_another_thread_got() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "ended\n", done.stderr
