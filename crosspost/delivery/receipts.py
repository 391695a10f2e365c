"""Writes down that a post is out, also when the ledger's database is away just then.

Whoever has the receipt in hand knows that it is out. Giving up at once would leave a doubt that a look has to settle,
or a person. A ledger in a file is not away for a while: what is wrong there, such as a full disk, somebody has to mend.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from time import sleep

from crosspost.errors import LedgerError
from crosspost.ledger import Delivery, LeaseLostError, Ledger
from crosspost.model import Receipt

log = logging.getLogger("crosspost.delivery")

#: seconds before each further try: a server is back a minute after it was begun anew
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 20.0)


def write_down(held: Delivery, receipt: Receipt, ledger: Ledger, facts: Mapping[str, str]) -> Delivery:
    """The delivery as sent.

    :param facts: what else is known by now, see :meth:`crosspost.ledger.Ledger.sent`
    :raises LedgerError: when it cannot be written for a minute and more
    """
    for pause in () if isinstance(ledger.path, Path) else PAUSES:
        try:
            return _written(held, receipt, ledger, facts)
        except LeaseLostError:
            raise
        except LedgerError as error:
            log.warning("%s is out on %s, and that cannot be written down yet: %s", held.post, held.account, error)
            sleep(pause)
    return _written(held, receipt, ledger, facts)


def _written(held: Delivery, receipt: Receipt, ledger: Ledger, facts: Mapping[str, str]) -> Delivery:
    try:
        return ledger.sent(held, receipt, facts)
    except LeaseLostError:
        now = ledger.get(held.id)
        if now.state == "sent" and now.receipt == receipt.id:  # it was committed before the connection was cut
            return now
        raise
