"""Where the rules come from: a file, or what was read of the advisor's own one before.

What reads rules is imported when there is a text to read: that takes longer than to decide.
"""

from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:  # slow to import
    from advisor.model import Rulebook


def default_rules_file() -> Path:
    """The rules that were installed with the package, or those of the checkout around it.

    Raises:
        FileError: neither is there.
    """
    package = Path(__file__).resolve().parents[1]
    for place in (package / "rules.yaml", package.parent / "rules.yaml"):
        if place.is_file():
            return place
    from advisor.errors import Fault, FileError, Place  # noqa: PLC0415

    hint = "Install statewise again, or name a rules file: --rules FILE."
    raise FileError([Fault(Place(str(package / "rules.yaml")), "the advisor's rules are missing.", hint)])


def load_rules(path: Path | None = None) -> "Rulebook":
    """The rulebook in a file; None means the advisor's own rules.

    The advisor's own are read from a snapshot if there is one of this very text, and else leave one behind.

    Raises:
        FileError: the file cannot be read, or is not YAML.
        RulesError: it breaks the rule scheme; carries every fault.
    """
    from advisor.document import read_text  # noqa: PLC0415
    from advisor.rules.snapshot import Snapshot  # noqa: PLC0415

    place = path or default_rules_file()
    text, file = read_text(place), _shown(place)
    if path:
        return rulebook_of(text, file)
    snapshot = Snapshot.of(text, file)
    known = snapshot.recall()
    if known is None:
        known = rulebook_of(text, file)
        snapshot.keep(known)
    return known


def rulebook_of(text: str, file: str = "rules.yaml") -> "Rulebook":
    """The rulebook in a text; `file` names it in messages.

    Raises:
        FileError: the text is not YAML.
        RulesError: it breaks the rule scheme; carries every fault.
    """
    from advisor.rules.reading import rulebook_of  # noqa: PLC0415

    return rulebook_of(text, file)


def _shown(path: Path) -> str:
    """The path as a person in the working directory would write it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
