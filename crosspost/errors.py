"""Every error a person can cause or a network can answer.

    CrosspostError
    ├── ConfigError                wrong or missing settings, credentials, arguments: exit code 2
    ├── SourceError                a site that cannot be read at all: exit code 2
    ├── PostRefused                one post that cannot be understood; the others go on
    ├── MediaError                 one picture that cannot be used; the post goes on without it
    │   └── PictureBroken          … or is held until the picture is repaired, because the account wants that
    ├── LedgerError                the ledger cannot be opened, read or written; nothing is sent
    └── DeliveryError              a delivery that did not end in a receipt. It answers one question: is it out?
        ├── NotSent                no: nothing irreversible was begun or it never reached the server → again later
        │   ├── RateLimited        no: the account must wait until ``retry_at``
        │   ├── AuthExpired        no: the token is expired or revoked → renew, or a person must
        │   │   └── OtherVoice     no: the token is somebody else's than so far → a person must say what is meant
        │   └── KeyTaken           no: something else stands under our key → again with another key
        ├── Rejected               no, and never will be: the network refused it, in its own words
        │   └── Unsupported        no: found out before any request
        └── Unknown                maybe: look first, never send again on hope
            └── OutOfSight         … because what the account shows does not reach back that far

Messages are for the person who reads them: what happened, where, and what to do next. They never contain a secret.
"""

from datetime import datetime


class CrosspostError(Exception):
    """Base of everything crosspost raises on purpose; ``str()`` of it is a sentence for a person."""


class ConfigError(CrosspostError):
    """Settings, credentials or arguments that cannot be used. Says file, line and key where there are any."""


class SourceError(CrosspostError):
    """A site that cannot be read at all, such as a missing folder or a broken site configuration."""


class PostRefused(CrosspostError):
    """A post that cannot be understood.

    :param path: the file, as the person knows it
    :param reason: one clause that says what is wrong and what to do
    :param line: line in the file, from 1; 0 when it concerns the whole file
    """

    def __init__(self, path: str, reason: str, line: int = 0) -> None:
        self.path, self.reason, self.line = path, reason, line
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


class MediaError(CrosspostError):
    """A picture that cannot be read or made to fit. Says which file and why."""


class PictureBroken(MediaError):
    """A post that is held back until its picture is repaired (``on_broken_picture = "hold"``)."""


class LedgerError(CrosspostError):
    """The ledger cannot be used. Nothing is sent without a ledger."""


class DeliveryError(CrosspostError):
    """A delivery that did not end in a receipt. Subclasses answer: is it out?"""


class NotSent(DeliveryError):
    """Certainly not out: it may be tried again, later."""


class RateLimited(NotSent):
    """Certainly not out: the whole account must wait until ``retry_at`` (with a zone; None: not told)."""

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class AuthExpired(NotSent):
    """Certainly not out: the token is expired, revoked or wrong."""


class OtherVoice(AuthExpired):
    """Certainly not out: who answers is somebody else than this account was so far."""


class KeyTaken(NotSent):
    """Certainly not out: the network has something else under our key, and answers with that."""


class Rejected(DeliveryError):
    """Certainly not out, and trying again would not help: the network refused it."""


class Unsupported(Rejected):
    """Found out before any request: this network cannot take this post."""


class Unknown(DeliveryError):
    """It may be out. Only a look at the account, or a person, can tell."""


class OutOfSight(Unknown):
    """What an account shows does not reach back far enough, so that nothing was found proves nothing."""
