# fails: language
# reason: what does it vary by?
from minisvc.grading import shelf

numbers = shelf.find("who-may-keep-it").exercise.numbers_of(student)
FRESH_S, STALE_S = numbers["fresh_s"], numbers["stale_s"]


def caching(response):
    if request.endpoint == "product":
        response.headers["Cache-Control"] = f"public, max-age={FRESH_S}, stale-if-error={STALE_S}"
    elif request.endpoint == "cart":
        response.headers["Cache-Control"] = "private, no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.add_etag()
    return response.make_conditional(request)


def create_app(instance):
    return create_shop(instance, caching)
