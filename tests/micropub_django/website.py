"""A website for django-indieweb, whose IndieAuth and Micropub answer; run by the Python that has it, not by ours.

Only what a website has to bring is here: its owners, its home pages, and where entries are kept (in memory).
``python website.py PORT FOLDER`` with ``WEBSITE_TOKENS="NAME:TOKEN NAME:TOKEN"`` in the environment.
"""

import os
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.http import Http404, HttpResponse
from django.urls import include, path, re_path

_PORT, _FOLDER = sys.argv[1], Path(sys.argv[2])
_TOKENS = dict(pair.split(":") for pair in os.environ["WEBSITE_TOKENS"].split())
#: the address by which the website was asked, of each thread
_ASKED = threading.local()

settings.configure(
    SECRET_KEY="only-for-this-test",  # of a website that lives as long as the test
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[*(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sites")), "indieweb"],
    MIDDLEWARE=[
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        f"{__name__}.at_home",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": _FOLDER / "website.sqlite3"}},
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.csrf"]},
        }
    ],
    MEDIA_ROOT=_FOLDER / "files",
    MEDIA_URL="/indie/files/",
    STATIC_URL="/static/",
    USE_TZ=True,
    INDIEWEB_MICROPUB_HANDLER=f"{__name__}.entries",
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402  # Django has to know its settings first
from django.views.static import serve  # noqa: E402
from indieweb.handlers import InMemoryMicropubHandler, MicropubEntry, MicropubEntryList  # noqa: E402
from indieweb.models import Token  # noqa: E402


class Entries(InMemoryMicropubHandler):
    """django-indieweb's own entries in memory, each its owner's, with a time, and listed newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.owners: dict[str, str] = {}

    def create_entry(self, properties: dict[str, Any], user: Any) -> MicropubEntry:
        entry = super().create_entry(properties, user)
        entry.properties["published"] = [datetime.now(UTC).isoformat()]
        self.owners[entry.url] = user.username
        return entry

    def update_entry(self, url: str, updates: dict[str, Any], user: Any) -> MicropubEntry:
        entry = super().update_entry(self._own(url, user), updates, user)
        entry.properties["updated"] = [datetime.now(UTC).isoformat()]
        return MicropubEntry(url, entry.properties)

    def delete_entry(self, url: str, user: Any) -> None:
        super().delete_entry(self._own(url, user), user)

    def get_entry(self, url: str, user: Any) -> MicropubEntry | None:
        return super().get_entry(self._own(url, user), user)

    def list_entries(
        self,
        user: Any,
        *,
        limit: int | None = None,
        offset: int = 0,
        filter: str | None = None,  # noqa: A002  # its name there
    ) -> MicropubEntryList:
        every = super().list_entries(user, filter=filter).entries
        mine = [entry for entry in reversed(every) if self.owners[entry.url] == user.username]
        shown = mine[offset:] if limit is None else mine[offset : offset + limit]
        whole = [MicropubEntry(f"{_ASKED.base}{entry.url}", entry.properties) for entry in shown]
        return MicropubEntryList(entries=whole, total=len(mine))

    def _own(self, url: str, user: Any) -> str:
        path = url.removeprefix(_ASKED.base)
        if self.owners.get(path, user.username) != user.username:
            raise ValueError("somebody else's entry")
        return path


_ENTRIES = Entries()


def entries() -> Entries:
    """Where entries are kept."""
    return _ENTRIES


def at_home(answer: Any) -> Any:
    """Notes by which address it is asked; in their browser, ``verein`` is logged in on the website."""

    def asked(request: Any) -> HttpResponse:
        _ASKED.base = request.build_absolute_uri("/").rstrip("/")
        request.user = User.objects.get(username="verein")
        told: HttpResponse = answer(request)
        return told

    return asked


def home(request: Any, name: str) -> HttpResponse:
    """A home page, which names the end points."""
    links = {"micropub": "/indie/micropub/", "indieauth-metadata": "/indie/auth/metadata/"}
    head = "".join(f'<link rel="{relation}" href="{address}">' for relation, address in links.items())
    return HttpResponse(f"<!doctype html><head><title>{name}</title>{head}</head><body></body>")


def page(request: Any) -> HttpResponse:
    """The page of an entry."""
    if request.path not in _ENTRIES.entries:
        raise Http404
    return HttpResponse("<!doctype html><title>An entry</title>")


urlpatterns = [
    path("indie/", include("indieweb.urls")),
    path("indie/home/<str:name>", home),
    path("entries/<int:number>/", lambda request, number: page(request)),
    re_path("^indie/files/(?P<path>.*)$", serve, {"document_root": _FOLDER / "files"}),
]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    for username, token in _TOKENS.items():
        owner = User.objects.create(username=username)
        Token.objects.create(
            key=token, owner=owner, client_id="https://test.example/", me=f"https://{username}.example/",
            scope="create update delete media",
        )  # fmt: skip
    call_command("runserver", f"127.0.0.1:{_PORT}", "--noreload")
