"""The Facebook stand-in\'s Page, its token, and photos."""

from typing import Any, ClassVar

from crosspost.sandbox.core import pictures
from crosspost.sandbox.core.http_messages import Refused, Reply, Request, first
from crosspost.sandbox.core.store import Account
from crosspost.sandbox.networks.meta.graph import APP, GraphServer, fields, graph_error

PHOTO_BYTES = 4 * 1024 * 1024
PHOTO_FORMATS = ("JPEG", "MPO", "PNG", "GIF", "BMP", "TIFF")
MESSAGE = 63_206  # characters, the circulated figure


class Server(GraphServer):
    """The Page, its token, and the photos. The posts are in ``standin.py``."""

    paths = r"/v(?:[2-9]|\d{2,})\.\d+(?:/|$)|/(?:me|debug_token|\d[\d_]+)(?:/|$)"  # /2/ is X
    options: ClassVar = {"expires_at": 0}
    """``expires_at``: when the tokens end (Unix seconds), 0 for never."""

    def account(self, number: int, name: str, display_name: str) -> Account:
        """See :class:`StandIn`; an account is a Page with its Page token."""
        token = self.store.token(self.key, name, "page-token")
        return Account(self.key, name, f"10000000000000{number}", name, display_name, {"access_token": token})

    def access(self, account: Account, base_url: str) -> dict[str, Any]:
        """See :class:`StandIn`; Facebook also wants the Page's id."""
        return super().access(account, base_url) | {"page_id": account.id}

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

    def debug(self, request: Request) -> Reply:
        """What a token is: its own token or ``APP_ID|APP_SECRET`` may ask."""
        data = fields(request)
        if first(data, "access_token") != "|".join(APP):
            self.me(request)
        subject = self.store.account(self.key, access_token=first(data, "input_token") or "")
        if subject is None:
            error = {"code": 190, "message": "Invalid OAuth access token.", "subcode": 467}
            return Reply.json({"data": {"is_valid": False, "error": error, "scopes": []}})
        scopes = ["pages_show_list", "pages_read_engagement", "pages_manage_posts"]
        body = {"app_id": APP[0], "type": "PAGE", "is_valid": True, "expires_at": self.settings["expires_at"]}
        return Reply.json({"data": body | {"scopes": scopes, "profile_id": subject.id, "data_access_expires_at": 0}})

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
