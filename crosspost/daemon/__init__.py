"""A long-running process: the same work a cron run does, again and again, until told to stop."""

from crosspost.daemon.health_server import Health, serve
from crosspost.daemon.service import Daemon, scheduler_library
from crosspost.daemon.systemd import notify, watchdog
from crosspost.daemon.watcher import Watcher

__all__ = ["Daemon", "Health", "Watcher", "notify", "scheduler_library", "serve", "watchdog"]
