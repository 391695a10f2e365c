"""What a checkout remembers between taking the ledger and bringing it back, in a file beside git's own."""

from pathlib import Path

import msgspec

from crosspost.config import atomic_file
from crosspost.errors import LedgerError
from crosspost.model import Value
from crosspost.model.value import ready


class Claim(Value, frozen=True, kw_only=True):
    """What this checkout remembers between taking the ledger and bringing it back.

    ``tree`` is the folder as it was brought back, "" as long as it was not. ``full`` says whether the branch had a
    ledger.
    """

    number: int
    word: str
    full: bool
    tree: str = ""


class Note:
    """The file.

    :param directory: git's own folder of this checkout
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / "crosspost-ledger.json"

    def write(self, claim: Claim) -> None:
        """Remember this instead of what was remembered."""
        atomic_file.write(self._file, msgspec.json.encode(claim))

    def read(self) -> Claim | None:
        """What is remembered; None: nothing was taken here.

        :raises LedgerError: when the file was damaged
        """
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=ready(Claim))
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError as error:
            raise LedgerError(f"{self._file} cannot be read ({error}); delete it if no run is at work") from None
