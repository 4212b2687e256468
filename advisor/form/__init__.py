"""The interview as a form in a notebook, with the recommendation beside it.

    from advisor.form import form
    form()

It needs ipywidgets (`pip install "statewise[lab]"`); nothing else of the advisor imports it.
"""

from advisor.form.form import Form, form

__all__ = ["Form", "form"]
