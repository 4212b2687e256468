from typing import Any

from minisvc.course import check, opened, sealed

OTHER, KEY, NONE, OVER, ELSEWHERE = range(1, 6)


def judged(trusted: Any) -> list[int]:
    """The rows that do not hold for a verifier that trusts by that rule."""

    def accept(shown: str, key: str, now_s: float) -> str | None:
        head, body, seal = shown.split(".")
        said = opened(body)
        is_sealed = seal == sealed(f"{head}.{body}", key)
        return said["sub"] if trusted(opened(head), said, is_sealed, now_s) else None

    return [number for number, row in enumerate(check("tokens-judged", accept).rows) if not row.holds]


def test_who_looks_at_seal_end_and_audience_passes() -> None:
    assert (
        judged(lambda head, said, is_sealed, now_s: is_sealed and said["exp"] > now_s and said["aud"] == "orders") == []
    )


def test_who_asks_the_token_how_to_verify_it_believes_alg_none() -> None:
    wrong = judged(lambda head, said, is_sealed, now_s: head["alg"] == "none" or is_sealed)
    assert wrong == [NONE, OVER, ELSEWHERE]


def test_who_only_decodes_believes_everything() -> None:
    assert judged(lambda *_: True) == [OTHER, KEY, NONE, OVER, ELSEWHERE]
    assert "it was let in, as admin" in str(
        check("tokens-judged", lambda shown, *_: opened(shown.split(".")[1])["sub"])
    )


def test_who_refuses_everybody_refuses_ann() -> None:
    checked = check("tokens-judged", lambda *_: None)
    assert [row.reason for row in checked.rows if not row.holds] == ["it answered None"]
