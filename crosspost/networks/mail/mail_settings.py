"""What the config says of a newsletter: its settings, and the addresses in them."""

from typing import TYPE_CHECKING, ClassVar, Literal

from crosspost.compose.formats import mail
from crosspost.errors import ConfigError
from crosspost.networks.mail.mail_common import MailOptions
from crosspost.networks.mail.recipients import Recipient, read

if TYPE_CHECKING:
    from email.headerregistry import Address


class Settings(MailOptions, frozen=True, kw_only=True):
    """``sender`` is the From address, ``to`` the list's address (or several, all named in one mail), or ``recipients``
    a file of people who get a mail each, at most ``at_once`` in one run. ``unsubscribe`` is an https address where they
    can unsubscribe; ``{address}`` in it is replaced by theirs, and ``{unsubscribe}`` in the footer by that address.
    ``tls`` is taken from ``base_url`` unless set; ``insecure`` allows ``tls = "none"`` beyond this machine. ``login =
    false``: the server needs no login.
    """

    carried: ClassVar = ("recipients", "at_once", "tls", "insecure", "login")
    sender: str = ""
    to: str | tuple[str, ...] = ""
    recipients: str = ""
    unsubscribe: str = ""
    at_once: int = 300
    tls: Literal["", "implicit", "starttls", "none"] = ""
    insecure: bool = False
    login: bool = True


def sender_of(options: Settings, account: str) -> "Address":
    """The From address.

    :raises ConfigError: when it is not a mail address, naming the account
    """
    return mail.address(options.sender, f"{account}: `sender`")


def addresses_of(options: Settings, account: str) -> "list[Address]":
    """The list's address, or several; [] when the mail goes to people.

    :raises ConfigError: when one is not a mail address, naming the account
    """
    addresses = (options.to,) if isinstance(options.to, str) else options.to
    return [mail.address(address, f"{account}: `to`") for address in addresses if address]


def people_of(options: Settings, account: str) -> list[Recipient]:
    """The people in the recipients file; [] when the mail goes to a list address.

    :raises ConfigError: when neither or both are set, or the file cannot be used
    """
    if bool(addresses_of(options, account)) == bool(options.recipients):
        raise ConfigError(f"{account}: set either `to` (a list's address) or `recipients` (a file)")
    leave = options.unsubscribe
    if leave and not leave.startswith("https://"):
        raise ConfigError(f"{account}: `unsubscribe` must begin with https://")
    return read(options.recipients, leave) if options.recipients else []
