"""What `crosspost doctor` finds out about renewed tokens in a database: is there a key, and does it open them?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosspost.app.doctor.checks import Finding, fail, ok
from crosspost.errors import CrosspostError
from crosspost.text.numbers import counted

if TYPE_CHECKING:
    from crosspost.app.application import App

_ABOUT = "tokens"


def findings(app: "App") -> Iterator[Finding]:
    """Nothing where each machine keeps its own."""
    said = app.settings
    if said is None or not (said.state.database and said.secrets.in_database):
        return
    from crosspost.app.stored_tokens import listed

    try:
        first, kept = listed(app)
    except CrosspostError as error:
        yield fail(_ABOUT, str(error))
        return
    for one in kept:
        if not one.opens:
            yield fail(
                _ABOUT,
                f"this machine's key does not open the login of {one.account} in the database, which needs {one.key}",
                "give it the key of the other machines; `crosspost help database` says how keys are changed",
            )
    if all(one.opens for one in kept):
        yield ok(_ABOUT, f"{counted(len(kept), 'renewed login')} in the database, encrypted with the key {first}")
