"""How long the balancer waits."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: for a connection, for an answer's next part, for a request's head."""

    connect_s: float = 1.0
    answer_s: float = 30.0
    head_s: float = 30.0
