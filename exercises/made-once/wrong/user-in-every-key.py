# fails: once
# reason: times: one makes it, and the others, at b too, wait for it
from minisvc.grading import shelf

numbers = shelf.find("made-once").exercise.numbers_of(student)
RETRY_S, KEPT_S, LOOK_EVERY_S = numbers["retry_s"], 3600, 0.02


class Cache:
    def __init__(self):
        self.store = redis.Redis.from_url(os.environ["STORE_URL"], decode_responses=True)
        self.fresh_s, self.lease_s = float(os.environ["FRESH_S"]), float(os.environ["LEASE_S"])

    def give(self, name, path, asked):
        """What is kept, or made now; None if there is nothing to give."""
        until_s = time.monotonic() + 2 * self.lease_s
        while time.monotonic() < until_s:
            kept = json.loads(self.store.get(name) or "{}")
            if kept and time.time() < kept["made_s"] + self.fresh_s:
                return kept["body"]
            if self.store.set(f"making {name}", "somebody", nx=True, px=int(1000 * self.lease_s)):
                return self.make(name, path, asked) or kept.get("body")
            if kept:
                return kept["body"]
            time.sleep(LOOK_EVERY_S)
        return None

    def make(self, name, path, asked):
        """Ask the origin, and keep what it says; gives up when the lease does."""
        mine_until_s = time.monotonic() + self.lease_s
        try:
            answer = requests.get(os.environ["ORIGIN_URL"] + path, headers=asked, timeout=self.lease_s)
            answer.raise_for_status()
            self.store.set(name, json.dumps({"body": answer.json(), "made_s": time.time()}), ex=KEPT_S)
            return answer.json()
        except requests.RequestException:
            return None
        finally:
            # After its time the lease may be another's.
            if time.monotonic() < mine_until_s:
                self.store.delete(f"making {name}")


def create_app(instance):
    app = Flask(__name__)
    cache = Cache()

    def given(name, path, **asked):
        body = cache.give(name, path, asked)
        if body is None:
            return jsonify(error="it cannot be made just now"), 503, {"Retry-After": str(RETRY_S)}
        return jsonify(body)

    @app.get("/prices/<item>")
    def price(item):
        return given(f"price {item} {request.headers['X-User']}", f"/prices/{item}")

    @app.get("/offers")
    def offer():
        user = request.headers["X-User"]
        return given(f"offer {user}", "/offers", **{"X-User": user})

    return app
