# fails: large
# reason: of them are in the cart. A browser drops a cookie of more than 4,096 bytes
from minisvc.grading import shelf

numbers = shelf.find("cart-by-id").exercise.numbers_of(student)


def create_app(instance):
    app = Flask(__name__)
    app.secret_key = os.environ["SECRET_KEY"]
    app.config.update(SESSION_COOKIE_NAME="__Host-cart", SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")
    app.config["PERMANENT_SESSION_LIFETIME"] = numbers["minutes"] * 60

    @app.get("/cart")
    def read():
        return jsonify(items=session.get("items", []))

    @app.post("/cart/items")
    def add():
        session.permanent = True
        session["items"] = [*session.get("items", []), request.get_json()["item"]]
        return jsonify(items=session["items"]), 201

    @app.delete("/cart")
    def empty():
        session.clear()
        return jsonify(items=[])

    return app
