"""Threads: a token from the app's dashboard, or a page of consent."""

from typing import Any

from crosspost.errors import CrosspostError
from crosspost.networks.logins.long_tokens import LongTokenLogin
from crosspost.networks.logins.meta import APPS
from crosspost.networks.meta import meta_rights


class ThreadsLogin(LongTokenLogin):
    page = f"{APPS}/creation/"
    minutes = 8
    steps = (
        "Create an app at Meta, with the use case “Access the Threads API”.",
        "Add the permissions threads_content_publish, threads_delete, threads_manage_replies and threads_read_replies"
        " to the use case.",
        "Add your account as a Threads Tester under App roles.",
        "Accept the invitation in Threads: Settings › Account › Website permissions › Invites.",
        "Choose how to log in: a token that the page makes is the shortest way.",
        "Press “Generate Access Token” under the use case’s Settings › User Token Generator, and agree.",
        "Copy the token and paste it here.",
    )
    authorize = "https://threads.com/oauth/authorize"
    exchange = "https://graph.threads.net/oauth/access_token"
    api = "https://graph.threads.net"
    version = "v1.0"
    grant = "th_exchange_token"
    scopes = (
        *("threads_basic", "threads_content_publish", "threads_delete", "threads_manage_replies"),
        "threads_read_replies",
    )
    reading = meta_rights.THREADS_FIGURES
    who = ("id", "username")
    quota = "threads_publishing_limit"
    id_name = "Threads App ID"
    where = f"App settings › Basic of your app ({APPS}/), below the App ID, which is another one"
    generator = f"Your apps: {APPS}/. It is made at the use case’s Settings › User Token Generator."
    redirects = "the use case’s Settings › Redirect Callback URLs"

    def told(self, token: str) -> dict[str, Any]:
        try:
            data = self._get(f"{self.version}/debug_token", access_token=token, input_token=token).get("data")
        except CrosspostError:  # it only adds to what is known
            return {}
        return data if isinstance(data, dict) else {}
