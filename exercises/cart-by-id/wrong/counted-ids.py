# fails: unguessable
# reason: what cannot be guessed has 22 letters or more
from minisvc.grading import shelf

numbers = shelf.find("cart-by-id").exercise.numbers_of(student)
COOKIE, LASTS_S = "__Host-cart", numbers["minutes"] * 60
GUARDED = {"secure": True, "httponly": True, "samesite": "Lax"}


def create_app(instance):
    app = Flask(__name__)
    store = redis.Redis.from_url(os.environ["STORE_URL"], decode_responses=True)

    def known():
        """The id that was sent, if it leads to a cart; None for others: what somebody made up is never used."""
        sent = request.cookies.get(COOKIE)
        return sent if sent and store.exists(f"cart {sent}") else None

    @app.get("/cart")
    def read():
        return jsonify(items=store.lrange(f"cart {known()}", 0, -1))

    @app.post("/cart/items")
    def add():
        cart_id = known() or str(store.incr("customers"))
        name = f"cart {cart_id}"
        with store.pipeline() as together:
            together.rpush(name, request.get_json()["item"]).expire(name, LASTS_S).lrange(name, 0, -1)
            items = together.execute()[-1]
        response = jsonify(items=items)
        response.set_cookie(COOKIE, cart_id, max_age=LASTS_S, **GUARDED)
        return response, 201

    @app.delete("/cart")
    def empty():
        store.delete(f"cart {known()}")
        response = jsonify(items=[])
        response.delete_cookie(COOKIE, **GUARDED)
        return response

    return app
