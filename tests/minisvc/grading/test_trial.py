"""What a trial tells of a submission that cannot be tried."""

from minisvc.grading import notebook, shelf
from minisvc.grading.grade import grade
from minisvc.grading.trial import Submission

GIVEN_OPENS_A_CLUSTER = "carts-stay-put"


def reasons(answer: str) -> tuple[str, ...]:
    found = shelf.find(GIVEN_OPENS_A_CLUSTER)
    cells = found.source().released().answered('student = "Ada"', at="name").answered(answer).cells
    return grade(found, Submission("ada", notebook.signed(cells), cells)).reasons


def test_a_mistake_in_the_answer_is_told_before_a_cluster_that_the_grader_did_not_let_a_cell_open():
    (said,) = reasons('layout = broken.but(state="redi")')
    assert said.startswith("all: Cell \"answer\" raised LayoutError: state 'redi' is not known. Did you mean")


def test_an_answer_that_is_only_a_cluster_is_told_what_is_not_let():
    (said,) = reasons("with Cluster(broken) as shop:\n    layout = shop.layout")
    assert said.startswith('all: Cell "given" raised PermissionError: While it is graded, a submission serves nothing')
