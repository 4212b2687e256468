# fails: any-instance
# reason: by way of a and b; then a answered ['apples']
from minisvc.grading import shelf

numbers = shelf.find("cart-by-id").exercise.numbers_of(student)
COOKIE, LASTS_S = "__Host-cart", numbers["minutes"] * 60


def create_app(instance):
    app = Flask(__name__)
    carts = {}

    @app.get("/cart")
    def read():
        return jsonify(items=carts.get(request.cookies.get(COOKIE), []))

    @app.post("/cart/items")
    def add():
        cart_id = request.cookies.get(COOKIE) or secrets.token_urlsafe(16)
        carts.setdefault(cart_id, []).append(request.get_json()["item"])
        response = jsonify(items=carts[cart_id])
        response.set_cookie(COOKIE, cart_id, max_age=LASTS_S, secure=True, httponly=True, samesite="Lax")
        return response, 201

    @app.delete("/cart")
    def empty():
        carts.pop(request.cookies.get(COOKIE), None)
        return jsonify(items=[])

    return app
