"""How a process is and what the ledger holds, for whoever watches many of them: probes and metrics."""

from crosspost.app.monitoring.metrics import Metrics
from crosspost.app.monitoring.probes import Probes
from crosspost.app.monitoring.turns import Turns

__all__ = ["Metrics", "Probes", "Turns"]
