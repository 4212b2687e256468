"""The routes of the accounts service."""

from __future__ import annotations

from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, jsonify, make_response, redirect, request, session, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from minisvc.services.accounts import oauth, pages
from minisvc.services.accounts.bearer import allowed, bears_token
from minisvc.services.accounts.clients import ClientFault
from minisvc.services.accounts.desk import desk
from minisvc.services.accounts.login import NAME, NEXT, enter, leave, logged_in, required, sent
from minisvc.services.accounts.people import Locked, NameTaken, Person, Unfit, WrongPassword
from minisvc.services.database import keeps_records


@keeps_records
def create_app(instance: str) -> Flask:
    """The accounts service as instance `instance` serves it.

    For people: GET / is a page; POST /signup and /login with `{"name", "password"}`; GET and PUT /profile; GET /whoami
    says what the session says, asking nobody; POST /logout and /logout/everywhere; POST /clients registers a program.
    For programs: /oauth/authorize, /oauth/token, /oauth/revoke, /oauth/introspect, /oauth/jwks and
    /.well-known/oauth-authorization-server; GET /profile and /statistics with an access token.
    """
    app = Flask(__name__)
    app.config["INSTANCE"] = instance
    app.extensions["validate_document"] = _no_identity
    _people(app, instance)
    _programs(app, instance)
    server = oauth.open_server(app)
    _authorize(app, instance, server)
    _endpoints(app, server)
    _failures(app)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "instance": instance}

    return app


def _no_identity(document: Any) -> str:
    """Where the client keeps the session unsigned, it could write there whom it likes to be."""
    return "who is logged in must not be the client's to write; keep the session elsewhere" if document else ""


def _people(app: Flask, instance: str) -> None:
    @app.get("/")
    def page() -> Response:
        person = logged_in()
        return pages.home_page(instance, person) if person else pages.login_page(instance, going=NEXT in session)

    @app.post("/signup")
    def sign_up() -> Any:
        body = sent()
        person = desk().people.sign_up(body.get("name"), body.get("password"))
        enter(person)
        return _entered(person, instance, 201)

    @app.post("/login")
    def log_in() -> Any:
        body = sent()
        person = desk().people.log_in(body.get("name"), body.get("password"))
        enter(person)
        return _entered(person, instance, 200)

    @app.post("/logout")
    def log_out() -> Any:
        sent()
        leave()
        return _left(instance)

    @app.post("/logout/everywhere")
    def log_out_everywhere() -> Any:
        sent()
        person = required()
        desk().people.log_out_everywhere(person)
        desk().records.revoke_subject(person.id, desk().clock())
        leave()
        return _left(instance)

    @app.get("/whoami")
    def whoami() -> dict[str, Any]:
        return {"name": session.get(NAME), "instance": instance}

    @app.put("/profile")
    def say() -> Any:
        person = required()
        about = sent().get("about")
        desk().people.say(person, about)
        return jsonify(name=person.name, about=about, instance=instance)


def _programs(app: Flask, instance: str) -> None:
    @app.get("/profile")
    def profile() -> Any:
        person = desk().people.find(allowed("profile").subject) if bears_token() else required()
        if person is None:
            # A program for itself is nobody.
            return jsonify(error="this token acts for no person"), 403
        return jsonify(name=person.name, about=person.about, since_s=person.since_s, instance=instance)

    @app.get("/statistics")
    def statistics() -> dict[str, Any]:
        allowed("statistics")
        return {"people": desk().people.count(), "instance": instance}

    @app.post("/clients")
    def register() -> Any:
        person = required()
        client, secret = desk().clients.register(person.id, sent())
        told = {"client_id": client.id, "redirect_uris": client.redirect_uris, "scope": client.scope}
        return jsonify(told | ({"client_secret": secret} if secret else {})), 201


def _authorize(app: Flask, instance: str, server: Any) -> None:
    @app.route("/oauth/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        person = logged_in()
        if person is None and request.method == "GET":
            # Where to go on after the login: kept here, never taken from outside.
            session[NEXT] = request.full_path
            return redirect(url_for("page"), 303)
        try:
            grant = server.get_consent_grant(end_user=person)
        except OAuth2Error as error:
            return server.handle_error_response(server.create_oauth2_request(None), error)
        if request.method == "POST":
            person, says_yes = required(), sent().get("answer") == "allow"
            return server.create_authorization_response(grant_user=person if says_yes else None, grant=grant)
        assert person is not None
        return pages.consent_page(instance, person, grant.request.client, grant.request.scope, grant.redirect_uri)


def _endpoints(app: Flask, server: Any) -> None:
    @app.post("/oauth/token")
    def token() -> Any:
        return server.create_token_response()

    @app.post("/oauth/revoke")
    def revoke() -> Any:
        return server.create_endpoint_response("revocation")

    @app.post("/oauth/introspect")
    def introspect() -> Any:
        return server.create_endpoint_response("introspection")

    @app.get("/oauth/jwks")
    def jwks() -> dict[str, Any]:
        return desk().keys.latest().published()

    @app.get("/.well-known/oauth-authorization-server")
    def well_known() -> dict[str, Any]:
        return oauth.metadata()


def _failures(app: Flask) -> None:
    @app.errorhandler(Unfit)
    @app.errorhandler(ClientFault)
    def unfit(error: Exception) -> Any:
        return _refusal(app, str(error), 422)

    @app.errorhandler(NameTaken)
    def taken(error: NameTaken) -> Any:
        return _refusal(app, str(error), 409)

    @app.errorhandler(WrongPassword)
    def wrong(error: WrongPassword) -> Any:
        return _refusal(app, str(error), 401)

    @app.errorhandler(Locked)
    def locked(error: Locked) -> Any:
        answer = _refusal(app, str(error), 429)
        answer.headers["Retry-After"] = str(max(1, round(error.wait_s)))
        return answer

    @app.errorhandler(DBAPIError)
    @app.errorhandler(NoConnection)
    def down(error: Exception) -> Any:
        app.logger.warning("the database: %s", error)
        return make_response(jsonify(error="the database cannot be used; what was asked for may have been done"), 503)


def _refusal(app: Flask, error: str, status: int) -> Response:
    """As JSON, or on the page whose form was sent."""
    if request.is_json:
        return make_response(jsonify(error=error), status)
    return pages.login_page(app.config["INSTANCE"], going=NEXT in session, fault=error, status=status)


def _entered(person: Person, instance: str, status: int) -> Any:
    going = session.pop(NEXT, None)
    if request.is_json:
        return jsonify(name=person.name, instance=instance), status
    return redirect(request.script_root + going if going else url_for("page"), 303)


def _left(instance: str) -> Any:
    return jsonify(instance=instance) if request.is_json else redirect(url_for("page"), 303)
