# fails: over
# reason: a let in a token that never ends
import os
import time
import uuid

import redis
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from minisvc.grading import shelf

own = shelf.find("log-out-means-out").exercise.numbers_of(student)
AUDIENCE, LIFETIME_S = f"shop-{own['shop']}", own["minutes"] * 60


def create_app(instance):
    app = Flask(__name__)
    key = OctKey.import_key(os.environ["TOKEN_KEY"])
    store = redis.Redis.from_url(os.environ["STORE_URL"])
    needed = {name: {"essential": True} for name in ("sub", "jti")}
    rules = JWTClaimsRegistry(aud={"essential": True, "value": AUDIENCE}, **needed)

    def believed():
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        said = jwt.decode(token, key, algorithms=["HS256"]).claims
        rules.validate(said)
        if store.exists(f"out:{said['jti']}"):
            raise JoseError("logged out")
        return said

    @app.errorhandler(JoseError)
    def refuse(error):
        return jsonify(error="log in"), 401, {"WWW-Authenticate": "Bearer"}

    @app.post("/login")
    def login():
        said = {"sub": request.get_json()["user"], "aud": AUDIENCE, "jti": uuid.uuid4().hex}
        said |= {"exp": int(time.time()) + LIFETIME_S}
        return jsonify(token=jwt.encode({"alg": "HS256"}, said, key))

    @app.get("/me")
    def me():
        return jsonify(user=believed()["sub"])

    @app.post("/logout")
    def logout():
        said = believed()
        store.set(f"out:{said['jti']}", 1, ex=max(1, int(said["exp"] - time.time()) + 1))
        return "", 204

    return app
