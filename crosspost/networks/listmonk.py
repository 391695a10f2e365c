"""listmonk, a self-hosted newsletter server: a campaign is created as a draft, then started.

Sources: listmonk.app/docs/apis/campaigns, /apis/lists and /apis/apis, /roles-and-permissions;
knadh/listmonk internal/auth/models.go (the profile); checked 2026-11-26.
"""

from datetime import date, datetime
from typing import Any, ClassVar

import msgspec

from crosspost.errors import AuthExpired, ConfigError, DeliveryError, NotSent, Rejected, Unknown
from crosspost.model import Abilities, Draft, Identity, ImageLimits, Limits, Look, Post, Prepared, Receipt, Remark
from crosspost.networks.base import Save
from crosspost.networks.linked_pictures import LinkedPictures
from crosspost.networks.login_rights import Need, missing
from crosspost.networks.mail.mail_common import MailOptions, mail_draft
from crosspost.networks.post_search import rows, text
from crosspost.transport.exchange import Exchange

#: states of a campaign that was not started
_NOT_OUT = ("draft", "scheduled")
#: the role that may everything, whatever is ticked in it
_SUPER_ADMIN = 1
_NEEDED = (
    Need(("campaigns:manage_all", "campaigns:manage"), "make campaigns", "fail"),
    Need(("campaigns:send",), "send campaigns", "fail"),
    Need(("campaigns:get_all", "campaigns:get"), "check whether a campaign is out when that is in doubt"),
)


class Options(MailOptions, frozen=True, kw_only=True):
    """``lists`` are the ids of the lists to send to, ``template`` the id of listmonk's template (0: its default),
    ``sender`` a From address that replaces listmonk's own."""

    lists: tuple[int, ...] = ()
    template: int = 0
    sender: str = ""


class Listmonk(LinkedPictures):
    key = "listmonk"
    name = "listmonk"
    limits = Limits(
        text=0,
        unit="code-points",
        images=ImageLimits(count=30, formats=("JPEG", "PNG", "GIF", "WEBP")),
        source="https://listmonk.app/docs/apis/campaigns/",
        checked=date(2026, 11, 22),
    )
    #: the campaign is created before publishing; whether it was started can be read at any time
    abilities = Abilities(card="none", mentions="nothing", absence_after=0, digest=True)
    look = Look(layout="letter", bold_title=True)
    no_responses = "mails have no figures that are asked for, and answers come to the sender's mailbox"
    Options = Options
    ids_of_server = True
    at_home = True
    example = """\
base_url = "https://listmonk.example.org"
lists = [1]                      # numbers of the lists it goes to
# template = 0                   # number of listmonk's template; 0: its default
# sender = "Verein <post@example.org>"   # instead of listmonk's own From address
# subject = "…"                  # instead of the post's title
# content = "teaser"             # title, description and link; "full": the whole post
# footer = "…"                   # at the end of every mail
"""
    hint = "content"
    at_root: ClassVar = False
    needs: ClassVar = {"base_url": "https://listmonk.example.org", "lists": [1]}
    login = "crosspost.networks.logins.listmonk:ListmonkLogin"
    credentials: ClassVar = {
        "username": "the API user's name (Admin > Users, type API)",
        "token": "its access token, shown once when the user is created",
    }

    def connect(self) -> Identity:
        with self.talking():
            self._data("GET", "campaigns", params={"per_page": 1})
        return Identity(id=self.secret("username"), handle=self.secret("username"), url=self.base_url)

    def remarks(self) -> list[Remark]:
        try:
            with self.talking():
                role = self._data("GET", "profile").get("user_role")
        except Rejected:  # listmonk before 4.0 has neither profiles nor roles
            return []
        if (
            not isinstance(role, dict)
            or not isinstance(role.get("permissions"), list)
            or role.get("id") == _SUPER_ADMIN
        ):
            return []
        todo = f"tick it in the user's role: {self.base_url}/admin/users/roles/users"
        return missing(role["permissions"], _NEEDED, todo, who="its API user")

    def compose(self, post: Post) -> Draft:
        return mail_draft(self, post, framed=False)  # listmonk's template is the document around it

    def prepare(self, prepared: Prepared, save: Save) -> Prepared:
        if "campaign" in prepared.remote:
            return prepared
        campaign = self._made_before(prepared) or self._make(prepared)
        save("campaign", campaign)
        return msgspec.structs.replace(prepared, remote={**prepared.remote, "campaign": campaign})

    def publish(self, prepared: Prepared) -> Receipt:
        number = prepared.remote["campaign"]
        with self.talking(irreversible=True):
            campaign = self._data("PUT", f"campaigns/{number}/status", json={"status": "running"})
        if campaign.get("status") in (None, *_NOT_OUT):
            raise self.unreadable("does not confirm that the campaign is running")
        return self._receipt(campaign)

    def find(self, prepared: Prepared, since: datetime) -> Receipt | None:  # noqa: ARG002  # the campaign is ours alone
        number = prepared.remote.get("campaign") or self._made_before(prepared)
        if not number:
            return None
        with self.talking():
            campaign = self._data("GET", f"campaigns/{number}")
        state, body = text(campaign.get("status")), text(campaign.get("altbody"))
        if state in _NOT_OUT:
            return None
        if state is None or body is None:
            raise self.unreadable("without the campaign's status or text")
        return self._receipt(campaign) if _ours(campaign, prepared) else None

    def explain(self, exchange: Exchange, *, irreversible: bool) -> DeliveryError | None:
        message = f"{self.account}: {self.name} says: {self.sentence(exchange)}"
        if exchange.status == 403 and "credentials" in self.sentence(exchange).lower():
            return AuthExpired(message)
        if exchange.status == 400 and irreversible and "can be started" in message:
            return Unknown(message)  # it is running already, so somebody started it
        return None

    @property
    def audience(self) -> str:
        """The ids of the lists."""
        return ",".join(map(str, sorted(self.options.lists)))

    # ── privates ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _data(self, method: str, path: str, **more: Any) -> Any:
        """The ``data`` of a response; any other response is an error for :meth:`talking`."""
        login = {"Authorization": f"token {self.secret('username')}:{self.secret('token')}"}
        answer = self.session.request(method, f"{self.base_url}/api/{path}", headers=login, **more)
        answer.raise_for_status()
        return answer.json()["data"]

    def _made_before(self, prepared: Prepared) -> int | None:
        """The campaign that an earlier, interrupted attempt created: its name contains our key."""
        if not prepared.handle:
            return None
        with self.talking():
            answer = self._data("GET", "campaigns", params={"query": prepared.handle, "per_page": 20})
            found = rows(answer, "results")
            names = {campaign["id"]: text(campaign["name"]) for campaign in found}
            named = [campaign for campaign in found if prepared.handle in (names[campaign["id"]] or "")]
            if not named and (None in names.values() or int(answer["total"]) > len(found)):
                raise ValueError("the list is not complete")
        ours = [int(campaign["id"]) for campaign in named if _ours(campaign, prepared) is not False]
        return ours[0] if ours else None

    def _make(self, prepared: Prepared) -> int:
        draft, options = prepared.draft, self.spoken(prepared.draft)
        if not options.lists:
            raise ConfigError(f"{self.account}: set `lists`, the ids of the listmonk lists to send to")
        campaign: dict[str, Any] = {
            "name": f"{draft.options['subject'][:120]} [{prepared.handle}]",
            "subject": _literal(draft.options["subject"]),
            "lists": list(options.lists),
            "type": "regular",
            "content_type": "html",
            "body": _literal(draft.options["html"]),
            "altbody": _literal(draft.text),
        }
        campaign |= {"template_id": options.template} if options.template else {}
        campaign |= {"from_email": options.sender} if options.sender else {}
        with self.talking():
            made = self._data("POST", "campaigns", json=campaign)
        if not isinstance(made, dict) or not made.get("id"):
            raise NotSent(f"{self.account}: the server accepted the campaign but returned no id")
        return int(made["id"])

    def _receipt(self, campaign: dict[str, Any]) -> Receipt:
        if not campaign.get("id"):
            raise self.unreadable("the answer has no id")
        url = f"{self.base_url}/admin/campaigns/{campaign['id']}"
        notes = ("the campaign was cancelled",) if campaign.get("status") == "cancelled" else ()
        return Receipt(id=str(campaign["id"]), url=url, at=self.clock(), notes=notes)


def _ours(campaign: dict[str, Any], prepared: Prepared) -> bool | None:
    """Whether a campaign has our text, since another one may have our key in its name; None when it has no text."""
    body = text(campaign.get("altbody"))
    return None if body is None else body.split() == _literal(prepared.draft.text).split()


def _literal(text: str) -> str:
    """Escape "{{", which would otherwise be run as a template (Go)."""
    return text.replace("{{", '{{ "{{" }}')
