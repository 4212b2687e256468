"""Reads the everyday part of YAML and JSON by itself: that takes a tenth of importing a parser for all of it.

Everyday are ASCII texts of block mappings and sequences, flow collections, words, numbers and quoted texts without
escapes. Whatever else a text has, it is left to the other parser, so this one has to be right only about what it takes.
"""

from collections.abc import Iterator

from advisor.errors import Place
from advisor.nodes import Node, scalar

DIGITS = "0123456789"
STARTS = f"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ{DIGITS}_"
PLAIN = f"{STARTS}.+- "
DEEPEST = 40
"""Nothing is nested as deeply, nor indented as far."""
LONGEST = 500
"""A key must end within 1,024 characters of its start (YAML 1.2.2, section 7.4.2); longer lines are not everyday."""

Line = tuple[int, int, str]
"""Its number, counting from 0; the column at which it starts; what stands there, without spaces at its end."""


class NotEverydayError(Exception):
    """The text has something that is left to the other parser."""


def everyday(text: str, file: str) -> Node | None:
    """The root node of a document; None where the other parser has to read it. `file` is for places."""
    if not text.isascii() or "\t" in text or "\r" in text:
        return None
    try:
        if text.lstrip(" \n").startswith(("{", "[")):
            return _Flow(text, file).whole()
        return _Block(text, file).whole()
    except (NotEverydayError, RecursionError):
        return None


class _Block:
    """Mappings and sequences that are told by how far lines are indented."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._lines: list[Line] = []
        for number, line in enumerate(text.split("\n")):
            content = line.strip(" ")
            if content and not content.startswith("#"):
                _must(len(line) < LONGEST and content.isprintable())
                self._lines.append((number, len(line) - len(line.lstrip(" ")), content))
        self._at = 0

    def whole(self) -> Node:
        _must(bool(self._lines))
        found = self._block(self._lines[0][1])
        _must(self._at == len(self._lines))
        return found

    def _next(self) -> Line:
        """The next line; one before column 0 stands for the end."""
        return self._lines[self._at] if self._at < len(self._lines) else (0, -1, "")

    def _block(self, column: int) -> Node:
        _must(column < DEEPEST)
        number, _, content = self._next()
        place = Place(self._file, number + 1, column + 1)
        if content.startswith("- "):
            items = []
            while self._next()[1] == column and self._next()[2].startswith("- "):
                items.append(self._item())
            return Node(tuple(items), "list", place)
        pairs = []
        while self._next()[1] == column and not self._next()[2].startswith("- "):
            pairs.append(self._pair())
        return Node(tuple(pairs), "mapping", place)

    def _item(self) -> Node:
        number, column, content = self._next()
        rest = content[2:].lstrip(" ")
        inner = column + len(content) - len(rest)
        if rest[0] not in "{[\"'" and (": " in rest or rest.endswith(":")):
            self._lines[self._at] = (number, inner, rest)  # a block that starts in the middle of its line
            return self._block(inner)
        self._at += 1
        found = self._inline(number, inner, rest)
        _must(self._next()[1] <= column)
        return found

    def _pair(self) -> tuple[Node, Node]:
        number, column, content = self._next()
        key, colon, rest = content.partition(":")
        _must(bool(key and colon) and key.strip(PLAIN) == "" and rest[:1] in {"", " "})
        self._at += 1
        name = self._inline(number, column, key)
        value = rest.lstrip(" ")
        if value and not value.startswith("#"):
            found = self._inline(number, column + len(content) - len(value), value)
            _must(self._next()[1] <= column)
            return name, found
        _, inner, following = self._next()
        _must(inner > column or (inner == column and following.startswith("- ")))
        found = self._block(inner)
        _must(self._next()[1] <= column)
        return name, found

    def _inline(self, number: int, column: int, content: str) -> Node:
        """What stands to the end of a line, a comment aside."""
        if content[0] in "{[\"'":
            return _Flow(content, self._file, number, column).whole()
        return _plain(content.partition(" #")[0].rstrip(" "), Place(self._file, number + 1, column + 1))


class _Flow:
    """Collections in brackets, and quoted texts; `number` and `column` say where the text starts in its file."""

    def __init__(self, text: str, file: str, number: int = 0, column: int = 0) -> None:
        self._text = text
        self._file = file
        self._line = number + 1
        self._start = -column
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        self._space()
        found = self._value()
        self._space()
        rest = self._text[self._at :]
        _must(not rest or (rest.startswith("#") and self._text[self._at - 1] == " " and "\n" not in rest))
        return found

    def _space(self) -> None:
        while self._text[self._at : self._at + 1] in {" ", "\n"}:
            self._at += 1
            if self._text[self._at - 1] == "\n":
                self._line += 1
                self._start = self._at

    def _place(self) -> Place:
        return Place(self._file, self._line, self._at - self._start + 1)

    def _takes(self, letter: str) -> bool:
        """Whether this is what comes next; goes on after it."""
        self._space()
        found = self._text.startswith(letter, self._at)
        self._at += found
        return found

    def _value(self) -> Node:
        place, first = self._place(), self._text[self._at : self._at + 1]
        if first in {"{", "["}:
            self._depth += 1
            _must(self._depth < DEEPEST)
            inside = tuple(self._mapping() if first == "{" else self._sequence())
            self._depth -= 1
            return Node(inside, "mapping" if first == "{" else "list", place)
        if first in {'"', "'"}:
            return self._quoted(first, place)
        rest = self._text[self._at : self._at + LONGEST]
        length = len(rest) - len(rest.lstrip(PLAIN))
        _must(length < LONGEST)
        self._at += length
        return _plain(rest[:length].rstrip(" "), place)

    def _quoted(self, quote: str, place: Place) -> Node:
        end = self._text.find(quote, self._at + 1)
        value = self._text[self._at + 1 : end]
        _must(end > 0 and value.isprintable() and "\\" not in value and len(value) < LONGEST)
        _must(not self._text.startswith(quote, end + 1))  # '' is an escape
        self._at = end + 1
        return Node(value, "str", place)

    def _sequence(self) -> Iterator[Node]:
        if not self._opens("[", "]"):
            return
        yield self._value()
        while not self._takes("]"):
            _must(self._takes(","))
            self._space()
            yield self._value()

    def _mapping(self) -> Iterator[tuple[Node, Node]]:
        if not self._opens("{", "}"):
            return
        yield self._pair()
        while not self._takes("}"):
            _must(self._takes(","))
            self._space()
            yield self._pair()

    def _pair(self) -> tuple[Node, Node]:
        _must(self._text[self._at : self._at + 1] not in {"{", "["})
        key = self._value()
        _must(self._text[self._at : self._at + 2] in {": ", ":\n"})
        self._at += 1
        self._space()
        return key, self._value()

    def _opens(self, start: str, end: str) -> bool:
        """Whether a collection that starts here has members; goes on to the first, or after its end."""
        _must(self._takes(start))
        return not self._takes(end)


def _plain(text: str, place: Place) -> Node:
    _must(text[:1] in STARTS or (text[:1] == "-" and text[1:2] in DIGITS))
    _must(len(text.removeprefix("-")) > 0 and text.strip(PLAIN) == "" and "  " not in text)
    value = scalar(text)
    return Node(value, type(value).__name__, place, True)


def _must(holds: bool) -> None:
    if not holds:
        raise NotEverydayError
