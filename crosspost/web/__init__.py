"""The dashboard: pages in a browser over the same config, posts and ledger as the commands.

    guard (host, origin, headers) → visitor (session, role) → pages → app
                                                                  ↘ templates, locale

Every page works without a script: an action is a form that is sent and answered with a redirect. htmx only renews parts
of a page. Starlette, Jinja and uvicorn are an extra, imported when somebody serves it; see
:mod:`crosspost.web.serving`.
"""
