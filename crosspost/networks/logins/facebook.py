"""A Facebook Page, and the Instagram account that is linked to it: the person's own app, consent, the choice of a Page.

Sources: as :mod:`.facebook_app`; docs/development/build-and-test/app-modes for what a published app is, checked
2026-11-26. An app comes back to http://localhost only while it is in development mode, so whoever came back that way
has such an app.
"""

from urllib.parse import urlencode

from crosspost.errors import ConfigError
from crosspost.networks.logins.base import Connected, Login
from crosspost.networks.logins.dialog import Choice
from crosspost.networks.logins.facebook_app import App, Page
from crosspost.networks.logins.meta import APPS, Refusal, app_id, introduce, own_site
from crosspost.networks.logins.oauth import Consent, agreed
from crosspost.networks.meta.graph import VERSION
from crosspost.networks.meta.meta_rights import INSTAGRAM, INSTAGRAM_COMMENTS, PAGE, PAGE_COMMENTS

EXPLORER = "https://developers.facebook.com/tools/explorer/"
_DIALOG = "https://www.facebook.com"
_WRONG_SECRET = 1
_WAYS = (
    Choice("browser", "in the browser of this computer, while the app is not published yet (a new one is not)"),
    Choice("site", "in any browser, by way of an address of your own site"),
    Choice("token", "with a token from the Graph API Explorer"),
)


_STEPS = (
    "Create an app at Meta, with the use case “Manage everything on your Page”.",
    "Add the permissions pages_manage_posts and pages_read_engagement to the use case.",
    "Copy the App ID (App settings › Basic) and paste it here.",
    "Copy the App secret (the same page, Show) and paste it here.",
    "Choose how to log in: in the browser is the shortest way.",
    "Agree in the browser, with your Page ticked.",
    "Choose the Page, if you have several.",
    "Publish the app: until then only its own people see the posts.",
)
_FOR_INSTAGRAM = (
    "For Instagram: also add the use case “Manage messaging & content on Instagram”, with “API setup with Facebook"
    " login” and the permissions instagram_basic and instagram_content_publish."
)


class FacebookLogin(Login):
    page = f"{APPS}/creation/"
    minutes = 10
    steps = ("Say whether the Instagram account that is linked to the Page is to be connected too.", *_STEPS)

    def connect(self) -> list[Connected]:
        also = not self.desk.known and self.dialog.confirm(
            "instagram", "Connect the Instagram account that is linked to the Page too?", default=False
        )
        return self.connected("facebook", *(["instagram"] if also else []))

    def connected(self, *networks: str) -> list[Connected]:
        """Log in, and connect these of facebook and instagram; what they share is the Page's token."""
        more = (_FOR_INSTAGRAM,) if "instagram" in networks else ()
        introduce(self, (*_STEPS[:2], *more, *_STEPS[2:]))
        app = self._app()
        wanted = (*PAGE, *(INSTAGRAM if "instagram" in networks else ()), *self._reading(networks))
        page, notes = self._chosen(app, wanted)
        ends = app.told(page.token).ends
        notes.append(
            f"This login ends on {ends:%Y-%m-%d}; then run this again."
            if ends
            else "This login does not end by itself. It does when you change your Facebook password, lose your role on"
            " the Page, or remove the app from your account."
        )
        if "instagram" in networks:
            networks = self._with_instagram(app, page, networks)
        return [
            Connected(
                network=network,
                name=network,
                base_url=self.desk.base_url,
                secrets={"access_token": page.token},
                notes=tuple(notes) if number == 0 else (),
                expires=ends,
            )
            for number, network in enumerate(networks)
        ]

    def _reading(self, networks: tuple[str, ...]) -> tuple[str, ...]:
        """What it takes to read what others wrote; only for an account that says ``responses = true``."""
        if self.desk.known.get("responses") is not True:
            return ()
        of_page = PAGE_COMMENTS if "facebook" in networks else ()
        return (*of_page, *(INSTAGRAM_COMMENTS["facebook"] if "instagram" in networks else ()))

    def _with_instagram(self, app: App, page: Page, networks: tuple[str, ...]) -> tuple[str, ...]:
        """The networks that can be connected: Instagram only where an account is linked to the Page."""
        if name := app.linked(page):
            self.dialog.say(f"The Instagram account @{name} is linked to this Page.")
            return networks
        why = (
            f"No professional Instagram account is linked to {page.name}. Link one in the Page’s settings (Linked"
            " accounts; a personal one first becomes a professional one in the Instagram app)"
        )
        if networks[0] == "instagram":
            raise ConfigError(f"{why}, then run this again. Nothing was connected")
        self.dialog.say(f"{why}, then run `crosspost accounts add instagram`.")
        return tuple(network for network in networks if network != "instagram")

    # ── the app ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _app(self) -> App:
        """The person's app; id and secret are checked together."""
        asked = app_id("The App ID of your app at Meta?", f"Your apps: {APPS}/. It is at App settings › Basic.")
        number = self.dialog.ask(asked)
        secret_of = self.secret(
            "app_secret", "Its App secret?", "On the same page, behind “Show”. crosspost does not keep it."
        )
        secret = self.dialog.ask(secret_of)
        while True:
            app = App(self.session, self._base, number, secret)
            try:
                app.check()
            except Refusal as error:
                if error.code == _WRONG_SECRET:
                    self.dialog.wrong("app_secret", f"this is not the secret of the app {number}. {error}")
                    secret = self.dialog.ask(secret_of)
                    continue
                self.dialog.wrong(
                    "app_id",
                    f"Facebook has no app {number}. Copy “App ID” from App settings › Basic; the id of a Page, the"
                    f" Threads App ID and the Instagram app ID are others. {error}",
                )
                number = self.dialog.ask(asked)
            else:
                return app

    @property
    def _base(self) -> str:
        """The address of the Graph API, which also serves Instagram here."""
        return self.desk.base_url or "https://graph.facebook.com"

    # ── the way in ────────────────────────────────────────────────────────────────────────────────────────────────

    def _chosen(self, app: App, wanted: tuple[str, ...]) -> tuple[Page, list[str]]:
        """The Page, and what is to be said about the app; asks again until a log-in opens a Page."""
        again = False
        while True:
            way = self.dialog.choose("way", "How do you want to log in?", _WAYS)
            try:
                token = self._explored(app, wanted) if way == "token" else self._agreed(app, way, wanted, again=again)
                pages = self._pages(app, app.lasting(token), wanted)
            except ConfigError as error:
                if not isinstance(error, _Refused):
                    raise
                self.dialog.wrong("way", str(error))
                again = True
                continue
            number = str(self.desk.known.get("page") or "")  # an account that is renewed keeps its Page
            if number not in [page.id for page in pages]:
                number = self.dialog.choose("page", "Which Page?", [Choice(page.id, page.name) for page in pages])
            page = next(page for page in pages if page.id == number)
            return page, [_mode(app, known=way == "browser")]

    def _agreed(self, app: App, way: str, wanted: tuple[str, ...], *, again: bool) -> str:
        """The user token of somebody who agreed in the browser."""

        def address(redirect: str, state: str) -> str:
            asked = {
                "client_id": app.number, "redirect_uri": redirect, "state": state, "response_type": "code",
                "scope": ",".join(wanted),
            } | ({"auth_type": "rerequest"} if again else {})  # fmt: skip
            return f"{self.desk.base_url or _DIALOG}/{VERSION}/dialog/oauth?{urlencode(asked)}"

        if way == "browser":
            self.dialog.say(
                "On the page, tick your Page. If the page says that the URL is blocked, the app is published already:"
                " start again and go by way of your own site."
            )
            return agreed(self.dialog, lambda: app.of_code(Consent(self.dialog, address).by_loopback(host="localhost")))
        site = own_site(self.dialog, self.desk.site)
        self.dialog.say(
            f"First enter {site}, exactly as shown here, under Facebook Login (for Business) › Settings › Valid OAuth"
            f" Redirect URIs of your app: {APPS}/{app.number}/. Then agree on the page, with your Page ticked."
        )
        return agreed(self.dialog, lambda: app.of_code(Consent(self.dialog, address).by_site(site)))

    def _explored(self, app: App, wanted: tuple[str, ...]) -> str:
        """A user token that was pasted; asked for again until it is one of this app, with all permissions."""
        question = self.secret(
            "user_token",
            "The token it shows?",
            f"Open {EXPLORER}, choose your app at “Meta App” and “User Token” at “User or Page”, add the permissions"
            f" {', '.join(wanted)}, and press “Generate Access Token”.",
        )

        def checked(token: str) -> str:
            told = app.told(token)
            if told.kind == "PAGE":
                raise ConfigError("this is the token of a Page; choose “User Token” at “User or Page” instead")
            if missing := [scope for scope in wanted if scope not in told.scopes]:
                raise ConfigError(_missing(missing, "add it in the Explorer and generate the token again"))
            return token

        return self.until_right(question, checked)

    def _pages(self, app: App, token: str, wanted: tuple[str, ...]) -> list[Page]:
        """The Pages on which posts can be made.

        :raises _Refused: when a permission is missing, or there is no such Page
        """
        granted = app.granted(token)
        if missing := [scope for scope in wanted if scope not in granted]:
            raise _Refused(_missing(missing, "add it to the app’s use case, log in again and leave everything ticked"))
        found = app.pages(token)
        pages = [page for page in found if page.may_post]
        if pages:
            return pages
        if found:
            names = ", ".join(page.name for page in found)
            raise _Refused(f"you may not create posts on {names}; ask whoever manages the Page for the task Content")
        raise _Refused(
            "this login opens no Page. Log in again and tick your Page; you need a Page of your own, and a Page that"
            " belongs to a business portfolio needs the permission business_management: give it in the Graph API"
            " Explorer"
        )


class _Refused(ConfigError):
    """The log-in worked, but opens nothing; it can be done again."""


def _missing(scopes: list[str], todo: str) -> str:
    return f"the permission {', '.join(scopes)} is missing: {todo}"


def _mode(app: App, *, known: bool) -> str:
    """What it means that an app is not published."""
    meaning = "only people with a role on the app see its posts"
    where = f"{APPS}/{app.number}/ (Publish; it asks for the address of a privacy policy)"
    if known:
        return f"The app is in development mode: until you publish it, {meaning}. Publish it: {where}."
    return f"Check whether the app is published. While it is in development mode, {meaning}: {where}."
