"""The texts of a service and its timer (systemd.service(5), systemd.timer(5), systemd.time(7), systemd.syntax(7))."""

import hashlib
import re
from pathlib import Path

from crosspost.app.scheduling.job import Job, minutes

_SERVICE = """\
# One run of crosspost. The timer of the same name starts it. `crosspost schedule remove` takes both files away.

[Unit]
Description=Publish what is due ({about})

[Service]
Type=oneshot
UMask=0077
Environment=LANG=C.UTF-8
{environment}ExecStart={command}

# Being stopped in the middle of a request leaves a delivery in doubt. SIGINT is what Ctrl-C sends: what is in flight is
# finished, nothing more is begun.
KillSignal=SIGINT
KillMode=mixed
TimeoutStartSec=15min
TimeoutStopSec=3min
NoNewPrivileges=yes
"""
_TIMER = """\
# Starts the service of the same name. A run that takes longer is not started a second time meanwhile.

[Unit]
Description=Run crosspost {period} ({about})

[Timer]
OnCalendar={times}
# after the machine was off, one run as soon as it is back
Persistent=yes
# not in the same second as everybody else's jobs
RandomizedDelaySec=20
AccuracySec=10s

[Install]
WantedBy=timers.target
"""


def unit_name(owner: str) -> str:
    """The name of a config's units: the plain letters of the site's folder, and a number of its own."""
    folder = Path(owner).parent
    word = folder.parent.name if folder.name == "config" else folder.name
    plain = re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-")[:30]
    return "-".join(filter(None, ("crosspost", plain, hashlib.sha256(owner.encode()).hexdigest()[:6])))


def service_text(job: Job) -> str:
    """The service."""
    return _SERVICE.format(
        about=_escaped(job.owner),
        environment="".join(f"Environment={quoted(f'{name}={value}')}\n" for name, value in job.environment.items()),
        command=" ".join(quoted(word, command=True) for word in job.command),
    )


def timer_text(job: Job) -> str:
    """The timer."""
    return _TIMER.format(period=minutes(job.every), about=_escaped(job.owner), times=calendar(job.every))


def calendar(every: int) -> str:
    """A period for ``OnCalendar=`` (systemd.time(7)).

    >>> calendar(1), calendar(10), calendar(60), calendar(120), calendar(1440)
    ('*:0/1', '*:0/10', '*:00', '0/2:00', '00:00')
    """
    if every < 60:
        return f"*:0/{every}"
    return {60: "*:00", 1440: "00:00"}.get(every, f"0/{every // 60}:00")


def quoted(word: str, *, command: bool = False) -> str:
    """A word as unit files want it: specifiers doubled, in a command variables too, quotes around blanks.

    >>> quoted("/srv/100 % schön/$x"), quoted("/srv/$x", command=True), quoted("plain")
    ('"/srv/100 %% schön/$x"', '/srv/$$x', 'plain')
    """
    said = _escaped(word)
    said = said.replace("$", "$$") if command else said
    if not re.search(r"""[\s"';]""", said):
        return said
    return '"' + said.replace('"', '\\"') + '"'


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
