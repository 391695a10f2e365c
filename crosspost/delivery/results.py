"""What one account's work came to, told as it happens."""

from collections.abc import Callable

from crosspost.ledger import Delivery


class Touched:
    """The deliveries that were worked on, as they stand now.

    :param report: called with each as soon as it is settled; what is looked for once more at the end is reported then
    """

    def __init__(self, report: Callable[[Delivery], None]) -> None:
        self._report = report
        self._rows: dict[int, Delivery] = {}
        self._told: dict[int, Delivery] = {}

    @property
    def rows(self) -> list[Delivery]:
        """All of them."""
        return list(self._rows.values())

    def add(self, delivery: Delivery) -> None:
        """This one is settled, for now."""
        self._rows[delivery.id] = delivery
        if delivery.state not in ("unknown", "held"):
            self._tell(delivery)

    def rest(self) -> None:
        """Nothing more comes: tell what was not told yet."""
        for delivery in self._rows.values():
            if self._told.get(delivery.id) != delivery:
                self._tell(delivery)

    def _tell(self, delivery: Delivery) -> None:
        self._told[delivery.id] = delivery
        self._report(delivery)
