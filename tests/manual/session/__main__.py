"""``python -m tests.manual.session`` plays the session and writes it into the manual; ``make docs`` does that."""

import sys

from tests.manual.session.browser import chromium
from tests.manual.session.pages import write

if chromium() is None:
    sys.exit("The session of the tutorial needs Chromium; it stays as it is.")
write()
