# fails: again
# reason: and the bank was asked 2 times; who remembers?
from minisvc.grading import shelf

numbers = shelf.find("pay-once").exercise.numbers_of(student)
FEE, DAY_S = numbers["fee"], 24 * 3600


def create_app(instance):
    app = Flask(__name__)
    done = {}

    @app.post("/charges")
    def charge():
        key, asked = request.headers.get("Idempotency-Key"), request.get_json()
        if not key:
            return jsonify(error="send an Idempotency-Key, a new one for each purchase"), 400
        name = f"charge {asked['user']} {key}"
        body = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        if name in done:
            return known(done[name], body)
        done[name] = json.dumps({"body": body})
        cents = asked["cents"] + FEE
        try:
            answer = {"transfer": ask_bank(asked["user"], cents, key), "cents": cents}
        except requests.RequestException:
            del done[name]
            return jsonify(error="the bank cannot be reached; send it again with the same key"), 503
        done[name] = json.dumps({"body": body, "answer": answer})
        return jsonify(answer), 201

    def known(kept, body):
        kept = json.loads(kept or "{}")
        if kept.get("body", body) != body:
            return jsonify(error="this key came with another request"), 422
        if "answer" not in kept:
            return jsonify(error="the same request is under way"), 409, {"Retry-After": "1"}
        return jsonify(kept["answer"]), 201

    return app
