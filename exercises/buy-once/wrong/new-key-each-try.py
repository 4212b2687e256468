# fails: lost-answers
# reason: and two answers were lost, and the shop has 3 orders
from minisvc.grading import shelf

numbers = shelf.find("buy-once").exercise.numbers_of(student)
import uuid

TRIES, LATER = numbers["tries"], {429, 502, 503, 504}


def ask_once(method, path, **options):
    """What the shop answers (None: nothing that is final), and how many seconds it wants to be left alone."""
    try:
        if path == "/orders":
            options["headers"] = {"Idempotency-Key": str(uuid.uuid4())}
        url, try_s = os.environ["SHOP_URL"] + path, float(os.environ["TRY_S"])
        answer = requests.request(method, url, timeout=try_s, **options)
    except requests.RequestException:
        return None, 0
    if answer.status_code in LATER:
        told = answer.headers.get("Retry-After", "")
        return None, int(told) if told.isdigit() else 0
    return (answer.json(), answer.status_code), 0


def ask(method, path, **options):
    """What the shop answers in the end; None if it never did."""
    base_s = float(os.environ["BASE_S"])
    for number in range(TRIES):
        told, later_s = ask_once(method, path, **options)
        if told:
            return told
        if number + 1 < TRIES:
            time.sleep(max(later_s, base_s * 2**number * (1 + random.random())))
    return None


def create_app(instance):
    app = Flask(__name__)

    @app.get("/prices/<item>")
    def price(item):
        return ask("GET", f"/prices/{item}") or (jsonify(error="the shop does not answer"), 503)

    @app.post("/orders/<order>")
    def buy(order):
        # Made of what the buyer knows too, so that every instance makes the same, whenever it is asked.
        wanted = {"item": request.get_json()["item"]}
        told = ask("POST", "/orders", json=wanted)
        return told or (jsonify(error="it may be bought: ask for the same order again"), 503)

    @app.post("/letters")
    def write():
        wanted = {"text": request.get_json()["text"]}
        told, _ = ask_once("POST", "/letters", json=wanted)
        return told or (jsonify(error="it may be posted, or not"), 502)

    return app
