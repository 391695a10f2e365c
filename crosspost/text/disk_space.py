"""What to do about a file that cannot be written."""

import errno


def remedy(error: OSError, usual: str) -> str:
    """What to do: another place for the file does not help where the disk is full.

    :param usual: what to do about rights, the most frequent reason
    """
    return "free some space on the disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else usual
