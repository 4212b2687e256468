"""What a layout survives, in one line: from the measured table of mechanisms, never from belief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minisvc.mechanisms import FORMS, NO_STORE, TROUBLES

if TYPE_CHECKING:
    from minisvc.layout import Service


def survival(service: Service) -> str:
    """What was measured of a layout like this, such as ``instance crash: kept, ...``; "" if none like it was.

    It must be the same service, state, affinity and durability: a figure of another layout would be a guess.
    """
    for form in FORMS.values():
        tried = form.layout.services[0]
        if _likeness(tried) == _likeness(service):
            pairs = zip(TROUBLES, form.survives.words(), strict=True)
            return ", ".join(f"{name.replace('_', ' ')}: {word}" for name, word in pairs if word != NO_STORE)
    return ""


def _likeness(service: Service) -> tuple[object, ...]:
    keeping = service.keeping
    # What is kept outside an instance does not care who answers; what is kept inside does.
    binding = service.affinity if "memory" in service.state or service.state == "soft_affinity" else None
    return (service.service, service.state, binding, keeping.durable, keeping.replicas, keeping.deny_list)
