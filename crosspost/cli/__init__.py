"""The commands. ``crosspost FILE…`` is short for ``crosspost publish FILE…``.

Exit codes: 0 done · 1 something failed · 2 usage or configuration · 3 something waits for a person.
"""

import gc
import sys


def main(args: list[str] | None = None) -> None:
    """Entry point. Whatever a person can cause ends in one sentence on standard error, without a traceback.

    :param args: instead of those of this process
    """
    # thousands of values are made at once and none refers to itself: looking for circles took a seventh of a run
    gc.set_threshold(100_000)
    if args is None and _poorly_started():
        from crosspost.cli import streams

        streams.mend()
    if args is None and sys.argv[1:2] == ["run"]:
        # before the commands and the library that reads their options are imported: cron asks every few minutes
        from crosspost.cli.idle_answer import answered

        if answered(sys.argv[1:]):
            sys.exit(0)
    from crosspost.cli.program import exit_code

    code = exit_code(args)
    if args is None:  # the process ends, and need not look for circles once more
        gc.freeze()
    sys.exit(code)


def _poorly_started() -> bool:
    """Whether a standard stream is closed, or text is not UTF-8 here, as under some locales."""
    plain = all(stream is not None and stream.encoding == "utf-8" for stream in (sys.stdin, sys.stdout, sys.stderr))
    return not plain or sys.getfilesystemencoding() != "utf-8"
