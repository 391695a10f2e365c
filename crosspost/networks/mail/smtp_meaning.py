"""Which delivery error an SMTP error is: whether the mail may be out, and whether trying again can help.

Sources: RFC 5321, section 4.2 (reply codes), and RFC 3463, section 3.8 (x.7, policy).
"""

from collections.abc import Iterable

from crosspost.errors import AuthExpired, DeliveryError, NotSent, RateLimited, Rejected, Unknown
from crosspost.transport.mail_server import SmtpError


def meaning(error: SmtpError, message: str, variables: Iterable[str]) -> DeliveryError:
    """The delivery error that an SMTP error is.

    :param message: what the server said, as people may see it
    :param variables: where the login name and password are kept
    """
    answer = error.answer
    if error.in_doubt:
        return Unknown(message)
    if answer is None:
        return NotSent(message)
    if error.stage == "login" or answer.code in (530, 534, 535, 538):
        return NotSent(message) if answer.code < 500 else AuthExpired(f"{message}; check {' and '.join(variables)}")
    worst = max((reply.code for reply in error.refused.values()), default=answer.code)
    mild = min((reply.code for reply in error.refused.values()), default=answer.code)
    if mild < 500 <= worst or worst < 500:
        return RateLimited(message) if answer.enhanced.startswith("4.7.") else NotSent(message)
    return Rejected(message)
