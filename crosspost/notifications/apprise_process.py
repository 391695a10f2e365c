"""A program of its own: sends one message by one Apprise address. Imports nothing of crosspost.

Standard input is JSON: ``url``, ``title``, ``text``, ``patience`` (seconds). The exit code is 0 when the service took
it; else standard output says why, as Apprise puts it.
"""

import json
import logging
import sys


class _Last(logging.Handler):
    """Keeps the last complaint."""

    said = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.said = record.getMessage()


def main() -> int:
    """Send; see the module's text."""
    import apprise

    order = json.load(sys.stdin)
    heard = _Last(logging.WARNING)
    logger = logging.getLogger("apprise")
    logger.addHandler(heard)
    logger.propagate = False
    # "secure logging" hides tokens where the plug-in knows them; what it does not know our parent takes out
    sender = apprise.Apprise(asset=apprise.AppriseAsset(secure_logging=True, async_mode=False))
    if not sender.add(order["url"]):
        sys.stdout.write("this is not an address that Apprise understands")
        return 1
    if sender.notify(body=order["text"], title=order["title"], body_format="text", timeout=order["patience"]):
        return 0
    sys.stdout.write(heard.said or "it was not accepted")
    return 1


if __name__ == "__main__":
    sys.exit(main())
