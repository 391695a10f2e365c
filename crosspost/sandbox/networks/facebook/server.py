"""The Facebook stand-in\'s Page, its token, and photos."""

from typing import Any, ClassVar

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.http_messages import Refused, Request, first
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.facebook.login import Login
from crosspost.sandbox.networks.meta.graph import APP, graph_error

PHOTO_BYTES = 4 * 1024 * 1024
PHOTO_FORMATS = ("JPEG", "MPO", "PNG", "GIF", "BMP", "TIFF")
MESSAGE = 63_206  # characters, the circulated figure


class Server(Login):
    """The Page, its token, and the photos. The posts are in ``standin.py``, the log-in in ``login.py``."""

    paths = r"/v(?:[2-9]|\d{2,})\.\d+(?:/|$)|/(?:me|debug_token|\d[\d_]+)(?:/|$)"  # /2/ is X
    needs: ClassVar[tuple[tuple[str, str, frozenset[str]], ...]] = (
        ("POST|DELETE", r"/[^/]+(/(feed|photos|videos|captions))?", frozenset({"pages_manage_posts"})),
        ("GET", r"/[^/]+/(feed|posts|published_posts|scheduled_posts)", frozenset({"pages_read_engagement"})),
    )

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`; an account is a Page with its token.

        ``user_token`` is one from the Graph API Explorer, ``other_app_token`` one made there for another app.
        """
        tokens = {
            "access_token": self.store.token(self.key, name, "page-token"),
            "user_token": self.store.token(self.key, name, "user-token"),
            "other_app_token": self.store.token(self.key, name, "other-app-token"),
        }
        return Account(self.key, name, f"10000000000000{number}", name, display_name, tokens)

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`; the Page's id, and the app for `crosspost accounts add`."""
        app = {"app_id": APP[0], "app_secret": APP[1]}
        return super().access(account, base_url) | {"page_id": account.id} | app

    def profiles(self, account: Account) -> tuple[str, ...]:
        """See :class:`StandIn`."""
        return (f"/facebook/{account.handle}", f"/facebook/{account.id}")

    def environment(self, account: Account) -> dict[str, str]:
        """See :class:`StandIn`."""
        return {"CROSSPOST_FACEBOOK_ACCESS_TOKEN": account.credentials["access_token"]}

    def page(self, request: Request, page: str) -> Account:
        """The Page ``page`` (its id or ``me``), if this is its own token."""
        me = self.me(request)
        if page not in ("me", me.id):
            raise Refused(self.missing(page))
        return me

    # ── photos ────────────────────────────────────────────────────────────────────────────────────────────────────

    def photo_data(self, request: Request) -> tuple[bytes, tuple[str, int, int]]:
        """The uploaded file and what it really is."""
        file = request.files.get("source")
        if file is None:
            body = first(request.form, "url")
            message = "The sandbox fetches nothing from the web; upload the photo" if body else "source is required"
            raise Refused(graph_error(324, f"Missing or invalid image file: {message}"))
        shape = pictures.shape(file.data)
        if shape is None or shape[0] not in PHOTO_FORMATS or len(file.data) > PHOTO_BYTES:
            message = "Photos should be smaller than 4 MB and saved as JPG, PNG, GIF, BMP or TIFF"
            raise Refused(graph_error(100, message, subcode=1366046))
        return file.data, shape
