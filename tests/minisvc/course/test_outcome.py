from minisvc.course import predict, what_happened


def test_losers_are_counted_and_named_and_compared_with_the_guess() -> None:
    guess = predict("start-here")
    guess.lock("nobody")
    page = what_happened({"memory": ["c1", "c4"], "redis": []}, guess)._repr_html_()
    assert "in the instance&#x27;s own memory" in page
    assert "<b>2</b>" in page
    assert "c1, c4" in page
    assert "It went otherwise" in page


def test_a_right_guess_is_told_so() -> None:
    guess = predict("start-here")
    guess.lock("its-own")
    assert "That is what happened." in what_happened({}, guess)._repr_html_()


def test_figures_stand_beside_their_labels() -> None:
    happened = what_happened({"stateful": 3, "share": 1 / 3, "up": "98.0%"}, about="Service")
    assert repr(happened) == "stateful: 3\nshare: 0.333\nup: 98.0%"
    assert ">Service</th>" in happened.source


def test_without_a_guess_it_says_so() -> None:
    assert "You made no guess" in what_happened({"memory": []})._repr_html_()


def test_what_is_shown_is_escaped() -> None:
    assert "<script>" not in what_happened({"<script>": "<script>"}).source
