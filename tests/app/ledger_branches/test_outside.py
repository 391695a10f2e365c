"""Where there is no repository, it is said in words."""

from pathlib import Path

import pytest

from crosspost.app.ledger_branches.git import Git, Refused


def test_a_folder_outside_of_every_repository_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(Refused, match=r"is in no git repository; run this in a clone") as caught:
        Git(tmp_path, {})
    assert "fatal" not in str(caught.value)
