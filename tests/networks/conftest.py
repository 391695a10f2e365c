"""What of the networks is tried on one Python only."""

from pathlib import Path

import pytest

from crosspost.testing import NetworkContract


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The contract of a second kind of account (an organisation, another server) takes long, and is about no version of
    Python: what differs there is met by the first kind in the same file.
    """
    first: dict[Path, type] = {}
    for item in items:
        made = getattr(item, "cls", None)
        if item.path.parent != Path(__file__).parent or made is None or not issubclass(made, NetworkContract):
            continue
        if first.setdefault(item.path, made) is not made:
            item.add_marker(pytest.mark.long)
