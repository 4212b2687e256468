from minisvc.panel.marks import COLOURS, HARM, OUTLINES, mark


def test_forty_two_customers_have_forty_two_different_marks() -> None:
    assert len({mark(place) for place in range(42)}) == len(COLOURS) * len(OUTLINES) == 42


def test_customers_of_one_colour_differ_in_shape() -> None:
    first, seventh = mark(0), mark(6)
    assert first.colour == seventh.colour
    assert first.outline != seventh.outline


def test_no_customer_has_the_colour_of_harm() -> None:
    assert HARM not in COLOURS
