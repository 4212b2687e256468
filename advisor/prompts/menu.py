"""The choices of a prompt as questionary's list, drawn anew for the terminal's width."""

from questionary import Choice as Item
from questionary import Separator
from questionary.prompts.common import InquirerControl

from advisor.interview import Choice, Prompt
from advisor.prompts.page import Page


class Menu:
    """A list of choices, one of them highlighted. Headings stand between them and are stepped over.

    Args:
        prompt: what is asked; it has choices.
        choices: what can be picked, `don't know` included.

    Attributes:
        control: what a window shows.
    """

    def __init__(self, prompt: Prompt, choices: tuple[Choice, ...]) -> None:
        self._choices = {choice.id: choice for choice in choices}
        items = _items(choices)
        self._places = [place for place, item in enumerate(items) if not isinstance(item, Separator)]
        self.control = InquirerControl(
            items,
            pointer=">",
            use_indicator=False,
            show_description=False,
            initial_choice=next((items[at] for at in self._places if items[at].value == prompt.default), None),
            focusable=True,
            show_cursor=False,
        )

    @property
    def picked(self) -> Choice:
        """The choice that is highlighted."""
        return self._choices[str(self.control.get_pointed_at().value)]

    def draw(self, page: Page) -> None:
        """Fit the choices to a page's width, and highlight the picked one."""
        for place in self._places:
            choice = self._choices[str(self.control.choices[place].value)]
            # Its pointer is three columns wide, and stands before all of them.
            self.control.choices[place].title = page.choice(choice, chosen=place == self.control.pointed_at)

    def move(self, step: int) -> None:
        """Highlight a choice further on. One step past an end comes round; a leap stops there."""
        wanted = self._places.index(self.control.pointed_at) + step
        self._point_to(wanted % len(self._places) if abs(step) == 1 else max(0, wanted))

    def _point_to(self, number: int) -> None:
        self.control.pointed_at = self._places[min(number, len(self._places) - 1)]


def _items(choices: tuple[Choice, ...]) -> list[Item]:
    """The choices in questionary's words, with a separator before each group."""
    items: list[Item] = []
    group = ""
    for choice in choices:
        if choice.group != group:
            group = choice.group
            items.append(Separator(group))
        items.append(Item(choice.label, choice.id))
    return items
