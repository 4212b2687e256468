"""The pages for browsers: sign up, log in, and let a program act for you."""

from __future__ import annotations

from flask import Response, make_response, render_template_string

from minisvc.services.accounts.clients import SCOPES, Client
from minisvc.services.accounts.login import form_token
from minisvc.services.accounts.people import LONGEST, SHORTEST, Person

HEADERS = {
    "Cache-Control": "no-store",
    # Nobody may lay this page under another one (clickjacking: RFC 6749, section 10.13).
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{{ title }}</title>
<style>body{font:1.1rem/1.5 system-ui;max-width:32rem;margin:2rem auto;padding:0 1rem}
label{display:block;margin:.5rem 0}input,button{font:inherit}
[role=alert]{border-left:.3rem solid;padding-left:.7rem}</style>
<h1>{{ title }}</h1>{% if fault %}<p role="alert">{{ fault }}</p>{% endif %}"""
FOOT = """<p>Answered by instance <b>{{ instance }}</b>.</p></html>
"""
LOGIN = """{% if going %}<p>A program wants to act for you. Log in to see what it asks for.</p>{% endif %}
<form method="post"><input type="hidden" name="form" value="{{ form }}">
<label>Name <input name="name" required autocomplete="username" autofocus></label>
<label>Password <input name="password" type="password" required minlength="{{ shortest }}" maxlength="{{ longest }}"
 autocomplete="current-password"></label>
<button formaction="{{ url_for('log_in') }}">Log in</button>
<button formaction="{{ url_for('sign_up') }}">Sign up</button></form>"""
HOME = """<p>You are <b>{{ person.name }}</b>.{% if person.about %} {{ person.about }}{% endif %}</p>
<form method="post"><input type="hidden" name="form" value="{{ form }}">
<button formaction="{{ url_for('log_out') }}">Log out</button>
<button formaction="{{ url_for('log_out_everywhere') }}">Log out everywhere</button></form>"""
CONSENT = """<p>You are <b>{{ person.name }}</b>. If you allow it, <b>{{ client.name }}</b> may:</p>
<ul>{% for scope in scopes %}<li>{{ scope }}</li>{% endfor %}</ul>
<p>You will be sent to {{ to }}.</p>
<form method="post"><input type="hidden" name="form" value="{{ form }}">
<button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></form>"""


def login_page(instance: str, *, going: bool, fault: str = "", status: int = 200) -> Response:
    """Sign up or log in; `fault` says what was wrong with the last try."""
    bounds = {"shortest": SHORTEST, "longest": LONGEST}
    return _page(LOGIN, "Log in", instance, status=status, going=going, fault=fault, **bounds)


def home_page(instance: str, person: Person) -> Response:
    """Who is logged in."""
    return _page(HOME, "Your account", instance, person=person)


def consent_page(instance: str, person: Person, client: Client, scope: str, to: str) -> Response:
    """What a program wants to be allowed, and where it wants the answer."""
    scopes = [SCOPES[word] for word in scope.split()]
    return _page(CONSENT, "May it?", instance, person=person, client=client, scopes=scopes, to=to)


def _page(body: str, title: str, instance: str, *, status: int = 200, **told: object) -> Response:
    text = render_template_string(HEAD + body + FOOT, title=title, instance=instance, form=form_token(), **told)
    return make_response(text, status, HEADERS)
