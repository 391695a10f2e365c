"""The pictures of the pages that were shown last: each has an address of its own, so that a browser keeps it.

A picture belongs to the site on whose page it was shown: nobody gets one of another site by its address.
"""

import hashlib
import threading
from collections import OrderedDict

from crosspost.app.pages.post_card import InlinePicture
from crosspost.media import Fitted, small_copy
from crosspost.web.site_prefix import base, here

#: pixels of a side, and bytes of all pictures that are kept
_SIDE, _MOST = 800, 64_000_000


class _Shelf:
    """Small copies by site and the digest of the picture they were made from; the least recently used go first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Fitted] = OrderedDict()
        self._bytes = 0

    def put(self, fitted: Fitted) -> tuple[str, Fitted]:
        name = hashlib.blake2s(fitted.data, digest_size=16).hexdigest()
        small = self.get(name)
        if small is None:
            small = small_copy(fitted, _SIDE)
            with self._lock:
                self._kept[here().name, name] = small
                self._bytes += len(small.data)
                while self._bytes > _MOST:
                    _, old = self._kept.popitem(last=False)
                    self._bytes -= len(old.data)
        return name, small

    def get(self, name: str) -> Fitted | None:
        key = here().name, name
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)


_shelf = _Shelf()


def kept_picture(fitted: Fitted) -> InlinePicture:
    """Address and size of a picture's small copy."""
    name, small = _shelf.put(fitted)
    return InlinePicture(f"{base()}/pictures/{name}", small.width, small.height)


def picture(name: str) -> Fitted | None:
    """The small copy at an address of this site; None when it is not kept any more, until its page is shown again."""
    return _shelf.get(name)
