"""Instagram: with the Facebook Page it is linked to, or with a token of Instagram itself."""

from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice
from crosspost.networks.logins.facebook import FacebookLogin
from crosspost.networks.logins.long_tokens import LongTokenLogin
from crosspost.networks.logins.meta import APPS
from crosspost.networks.meta import graph, meta_rights


class InstagramItself(LongTokenLogin):
    """Instagram Login, which needs no Page."""

    page = f"{APPS}/creation/"
    minutes = 10
    steps = (
        "Make the account a professional one, in the Instagram app.",
        "Create an app at Meta, with the use case “Manage messaging & content on Instagram”.",
        "Add the permission instagram_business_content_publish to the use case.",
        "Add your account as an Instagram Tester under App roles.",
        "Accept the invitation in Instagram: Settings › Website permissions › Apps and websites › Tester invites.",
        "Choose how to log in: a token that the page makes is the shortest way.",
        "Press “Generate token” under the use case’s “API setup with Instagram login”, and agree.",
        "Copy the token and paste it here.",
    )
    authorize = "https://www.instagram.com/oauth/authorize"
    exchange = "https://api.instagram.com/oauth/access_token"
    api = "https://graph.instagram.com"
    version = graph.VERSION
    grant = "ig_exchange_token"
    scopes = ("instagram_business_basic", "instagram_business_content_publish")
    reading = meta_rights.INSTAGRAM_COMMENTS["instagram"]
    who = ("user_id", "username")
    quota = "content_publishing_limit"
    id_name = "Instagram app ID"
    where = f"the use case’s “API setup with Instagram login” of your app ({APPS}/); the App ID is another one"
    generator = f"Your apps: {APPS}/. It is made at the use case’s “API setup with Instagram login”: “Generate token”."
    redirects = "the use case’s “API setup with Instagram login” › Set up Instagram business login"
    settings = {"login": "instagram"}  # noqa: RUF012  # a ClassVar of the base


class InstagramLogin(Login):
    page = InstagramItself.page
    minutes = InstagramItself.minutes
    steps = ("Say whether the account is linked to a Facebook Page of yours.", *InstagramItself.steps)

    def connect(self) -> list[Connected]:
        if self._own():
            return InstagramItself(self.network, self.desk).connect()
        also = not self.desk.known and self.dialog.confirm("facebook", "Connect the Facebook Page too?", default=False)
        login = FacebookLogin(self.network, self.desk)
        return login.connected("instagram", *(["facebook"] if also else []))

    def _own(self) -> bool:
        """Whether to take Instagram's own login; an account that is renewed keeps the one it has."""
        if self.desk.known:
            return self.desk.known.get("login") == "instagram"
        door = self.dialog.choose(
            "door",
            "Is the account linked to a Facebook Page that you manage?",
            (
                Choice("page", "yes: use the Page’s login, which does not end and serves Facebook too"),
                Choice("own", "no, or I do not want that: use Instagram’s own login"),
            ),
        )
        return door == "own"
