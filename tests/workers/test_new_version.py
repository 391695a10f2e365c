"""A new version is brought in without a pause: old and new workers on one database, each with its own tables."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from crosspost.ledger.schema import VERSION
from crosspost.testing.harness import NETWORKS
from tests.workers.conftest import Site
from tests.workers.watching import ROOT, held, until, watched

pytestmark = pytest.mark.long
NEXT = f"{int(VERSION) + 1:04}"
MIGRATION = f'''"""What a later version may need: a column more, and a table more."""

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{VERSION}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("later", sa.Text))
    op.create_table("later", sa.Column("id", sa.Text, primary_key=True))
'''
IN_FLIGHT = "SELECT account FROM deliveries WHERE publishing_at IS NOT NULL AND state = 'sending'"
#: a worker reads its config anew, and the tables' version, once a minute; here sooner
SOONER = "from crosspost.workers import delivery_context; delivery_context._AGE = 2.0"


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a crosspost whose tables are one version further."""
    folder = tmp_path_factory.mktemp("newer")
    package = shutil.copytree(ROOT / "crosspost", folder / "crosspost", ignore=shutil.ignore_patterns("__pycache__"))
    (package / "ledger/migrations/versions" / f"{NEXT}_later.py").write_text(MIGRATION, "utf-8")
    schema = package / "ledger/schema.py"
    schema.write_text(schema.read_text("utf-8").replace(f'VERSION = "{VERSION}"', f'VERSION = "{NEXT}"'), "utf-8")
    return folder


def test_old_and_new_workers_send_everything_once(site: Site, newer: Path, tmp_path: Path) -> None:
    config, gate = site.place.config, tmp_path / "gate"
    site.place.new_post("2026-11-01-p0")
    words = ("worker", "--every", "1", "--concurrency", "2")
    with watched(config, *words, before=SOONER + held(gate)) as old:
        until(lambda: site.ask(IN_FLIGHT) == "mastodon")
        with watched(config, *words, package=newer) as new:
            until(lambda: site.ask("SELECT version_num FROM alembic_version") == NEXT)
            assert site.ask(IN_FLIGHT) == "mastodon", "the tables were moved up in the middle of its request"
            gate.touch()
            until(lambda: site.count("sent") == len(NETWORKS))
            # what it had begun it ended, in tables that it does not know; the line comes after the ledger has it
            until(lambda: any(one["event"] == "delivery.end" and one["account"] == "mastodon" for one in old.told))
            until(lambda: old.get("/readyz")[0] == 503)
            assert json.loads(old.get("/readyz")[1])["schema"] == "failed"
            until(lambda: any("written by a newer crosspost" in one.get("message", "") for one in old.told))
            assert new.get("/readyz")[0] == 200
            begun = sum(one["event"] == "delivery.begin" for one in old.told)
            for number in range(1, 4):
                site.place.new_post(f"2026-11-01-p{number}")
            until(lambda: site.count("sent") == 4 * len(NETWORKS))
            told = [one["event"] for one in old.told].count("delivery.begin")
            assert told - begun <= 2, "within its reading of the config, and then no more"
            for one in (old, new):
                one.process.terminate()
                assert one.end() == 0
    posts = Counter((post["network"], post["text"].splitlines()[0]) for post in site.place.sandbox.posts())
    assert set(posts.values()) == {1}
    assert len(posts) == 4 * len(NETWORKS)
    assert site.ask("SELECT count(*) FROM deliveries WHERE state <> 'sent'") == "0"
