"""A post as a mail: its subject, its text, its HTML, and the message that carries them (RFC 5322). Pure."""

import hashlib
import re
from datetime import datetime
from html import escape
from itertools import chain
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import msgspec

from crosspost.compose.clean import clean, one_line
from crosspost.compose.formats import mail_html
from crosspost.compose.formats.headed import names
from crosspost.compose.picture_selection import PICTURES, on_the_web
from crosspost.errors import ConfigError
from crosspost.markup import to_text
from crosspost.model import Draft, Post
from crosspost.text.lazy_pattern import lazy

if TYPE_CHECKING:  # whoever composes needs nothing of how a mail is written
    from email.headerregistry import Address
    from email.message import EmailMessage
    from email.policy import Policy

    from markupsafe import Markup

#: stands in a footer where each recipient's own address for leaving the list goes
UNSUBSCRIBE = "{unsubscribe}"
# a name in quotation marks or without, and an address in angle brackets; or an address alone. Nothing before or behind
_ONE_ADDRESS = lazy(r'(?:"((?:[^"\\]|\\.)*)" *|([^"<>@;]*))<([^<>\s,;]+)>|([^<>\s,;"()]+)')
_ESCAPED = lazy(r"\\(.)")
_SHOWN = 100  # characters of a wrong one in a message
_READ_ON = {
    "de": "Auf der Website lesen",
    "en": "Read on the website",
    "es": "Leer en el sitio web",
    "fr": "Lire sur le site",
    "it": "Leggi sul sito",
    "nl": "Lees op de website",
    "pl": "Czytaj na stronie",
    "pt": "Ler no site",
}


def as_mail(
    draft: Draft,
    post: Post,
    *,
    content: Literal["teaser", "full"],
    subject: str = "",
    own: bool = False,
    footer: str = "",
    framed: bool = True,
) -> Draft:
    """The same draft as a mail: subject and HTML are added to its options, and everything is in the draft that is sent.

    :param draft: what the post says elsewhere: its text becomes the text part
    :param content: ``teaser`` is the draft's own text, ``full`` the whole post
    :param subject: instead of the post's title
    :param own: the author wrote a text for this account; it is taken as it is
    :param footer: plain text at the end of both parts
    :param framed: the HTML is a whole document; else only what goes into one
    """
    draft = on_the_web(draft)
    subject = one_line(subject or post.title) or one_line(draft.text)[:78]
    full = content == "full" and not own and bool(post.body.strip())
    text = (
        clean("\n\n".join(filter(None, (one_line(post.title), to_text(post.body), draft.link)))) if full else draft.text
    )
    blocks, cut = _blocks(draft, post, full=full, own=own)
    if footer:
        text = f"{text}\n\n-- \n{footer.strip()}"
        blocks.append(mail_html.rule() + mail_html.paragraphs(footer.strip()))
    html = mail_html.page(subject, blocks, draft.language) if framed else "\n".join(blocks)
    return msgspec.structs.replace(
        draft,
        text=text,
        length=len(text),
        # the whole text loses nothing else, and shows its own pictures
        lost=(*(one for one in draft.lost if not full or (post.gallery and one.endswith(PICTURES))), *cut),
        options=draft.options | {"subject": subject, "html": html},
    )


def _blocks(draft: Draft, post: Post, *, full: bool, own: bool) -> "tuple[list[Markup], tuple[str, ...]]":
    """The HTML's blocks, and what did not fit. The post's own picture stands above the text, further ones below it."""
    read_on = [mail_html.link(draft.link, _READ_ON.get(draft.language.split("-")[0].lower(), _READ_ON["en"]))]
    end = read_on if draft.link else []
    title = one_line(post.title)
    if not full:
        first, *others = _pictures(draft)
        said = draft.text.removesuffix(draft.link).strip()
        end = [] if names(said, draft.link) else end
        if own or not said.startswith(title):
            return [*first, mail_html.paragraphs(said), *chain(*others), *end], ()
        said = said.removeprefix(title).strip()
        return [mail_html.heading(title), *first, mail_html.paragraphs(said), *chain(*others), *end], ()
    whole = mail_html.body(post.body, post.url)
    first, *others = _pictures(draft, "".join(whole))
    # the rest is for the frame around the text, its own picture and its footer
    room = mail_html.MOST_HTML - 12_000 - sum(len(block.encode()) for block in chain(*others))
    kept = []
    for block in whole:
        room -= len(block.encode())
        if room < 0:
            break
        kept.append(block)
    cut = (f"the text after paragraph {len(kept)} of {len(whole)}",) if len(kept) < len(whole) else ()
    return [mail_html.heading(title), *first, *kept, *chain(*others), *end], cut


def _pictures(draft: Draft, text: str = "") -> "list[list[Markup]]":
    """The HTML of each picture, in order; empty for one that the text shows itself, and where there is none.

    :param text: the text's HTML
    """
    made = [
        [] if image.url in text or escape(image.url) in text else [mail_html.picture(image.url, image.alt)]
        for image in draft.images
    ]
    return made or [[]]


# ── the message ───────────────────────────────────────────────────────────────────────────────────────────────────


def address(text: str, what: str) -> "Address":
    """``Name <name@example.org>`` or a bare address, checked; an international domain in its ASCII form.

    :param what: where it stands, for the message
    :raises ConfigError: when it is not an address a mail can be sent to everywhere, or more than exactly one
    """
    from email.headerregistry import Address

    found = _ONE_ADDRESS.fullmatch(text.strip(" "))
    quoted, plain_name, *specs = found.groups(default="") if found else ("", "", "", "")
    name = _ESCAPED.sub(r"\1", quoted) or plain_name.strip()
    user, _, domain = "".join(specs).rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    plain = re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}", user)
    if not plain or not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", ascii_domain) or _controls(text):
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
        raise ConfigError(
            f"{what}: “{shown}” is not a mail address; write one alone, as name@example.org or Name <name@…>"
        )
    try:
        return Address(display_name=name, username=user, domain=ascii_domain)
    except ValueError as error:
        raise ConfigError(f"{what}: “{text}” is not a mail address: {error}") from None


def _controls(text: str) -> bool:
    return any(ord(char) < 32 or char == "\x7f" for char in text)


def message_id(handle: str, domain: str, recipient: str = "") -> str:
    """The same ``<…@domain>`` for the same delivery (and recipient), whenever it is made.

    :param handle: the delivery's idempotency key
    """
    key = f"{handle}|{recipient}" if recipient else handle
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


class _AsIs(str):
    """A header value that is never rewritten: Python's folding would put a long address into an encoded word, which
    RFC 2047 §5 forbids there. It is folded only at its commas."""

    name: str

    @classmethod
    def of(cls, name: str, value: str) -> "_AsIs":
        made = cls(value)
        made.name = name
        return made

    def fold(self, *, policy: "Policy[EmailMessage]") -> str:
        """See :meth:`email.headerregistry.BaseHeader.fold`."""
        return f"{self.name}: {self.replace(', ', f',{policy.linesep} ')}{policy.linesep}"


def unsubscribe_header(url: str, sender: str) -> dict[str, str]:
    """``List-Unsubscribe`` (RFC 2369); with an https address also the one-click header (RFC 8058).

    :param url: the recipient's own address for leaving the list; "" leaves only a mail to the sender
    """
    mail = f"<mailto:{sender}?subject=unsubscribe>"
    if not url:
        return {"List-Unsubscribe": mail}
    return {"List-Unsubscribe": f"<{url}>, {mail}", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def leave_url(template: str, recipient: str) -> str:
    """The address at which ``recipient`` leaves the list: ``{address}`` in the template is filled in."""
    return template.replace("{address}", quote(recipient, safe=""))


def message(
    draft: Draft, *, sender: "Address", to: "list[Address]", date: datetime, message_id: str, leave: str | None = None
) -> "EmailMessage":
    """The message of a draft made by :func:`as_mail`: text and HTML, 7-bit clean.

    :param date: with a zone
    :param leave: None for a mail to a list, whose manager adds the headers for leaving itself; else this recipient's
        own https address for leaving, or ""
    """
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import format_datetime

    # header lines of at most 78 characters, bodies in 7-bit form: every server takes those unchanged
    made = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    made["From"], made["To"] = sender, to
    made["Subject"] = draft.options["subject"]
    made["Date"] = format_datetime(date)
    made["Message-ID"] = _AsIs.of("Message-ID", message_id)
    text, html = draft.text, str(draft.options["html"])
    if leave is not None:
        for name, value in unsubscribe_header(leave, sender.addr_spec).items():
            made[name] = _AsIs.of(name, value)
        own = leave or f"mailto:{sender.addr_spec}?subject=unsubscribe"
        text, html = text.replace(UNSUBSCRIBE, own), html.replace(UNSUBSCRIBE, own.replace("&", "&amp;"))
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    if draft.language:  # last: adding a part moves the Content- headers that are there into the first one
        made["Content-Language"] = draft.language
    made.set_boundary(
        f"=_{message_id.strip('<>').partition('@')[0]}"
    )  # "=_" never occurs in quoted-printable or base64
    return made
