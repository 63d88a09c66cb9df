"""A site with a Micropub endpoint (django-indieweb) on 127.0.0.1: python indieweb_site.py PORT FOLDER TOKEN, with the
Python of its own environment. GET /_posts lists what is there, DELETE /_posts forgets it, but for the site's own note.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from indieweb.handlers import InMemoryMicropubHandler, MicropubEntry

KEPT = {"entries": {}, "deleted_entries": {}, "counter": 0, "url": ""}


class Handler(InMemoryMicropubHandler):
    """What the package leaves to a site: where entries are, and when they came. It is made anew for each request."""

    def __init__(self):
        super().__init__()
        self.entries, self.deleted_entries = KEPT["entries"], KEPT["deleted_entries"]

    def create_entry(self, properties, user):
        return put(properties, datetime.now(UTC))


def put(properties, at):
    KEPT["counter"] += 1
    number, slug = KEPT["counter"], next(iter(properties.get("mp-slug") or []), "entry")
    url = f"{KEPT['url']}/entries/{slug}-{number}/"
    kept = {key: value if isinstance(value, list) else [value] for key, value in properties.items()}
    KEPT["entries"][url] = MicropubEntry(url, {"published": [at.isoformat()]} | kept)
    return KEPT["entries"][url]


def begin():
    """A site with one note of its own."""
    KEPT["entries"].clear()
    KEPT["deleted_entries"].clear()
    put({"content": ["The site is open"]}, datetime.now(UTC) - timedelta(days=7))


def posts(request):
    from django.http import JsonResponse

    if request.method == "DELETE":
        begin()
    return JsonResponse({"posts": [entry.properties for entry in list(KEPT["entries"].values())[1:]]})


def settings(port, folder):
    from django.conf import settings as ours

    ours.configure(
        SECRET_KEY="of-a-test",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="indieweb_urls",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sites", "indieweb"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "site.sqlite3")}},
        MEDIA_ROOT=str(folder / "media"),
        MEDIA_URL=f"http://127.0.0.1:{port}/media/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        SITE_ID=1,
        INDIEWEB_MICROPUB_HANDLER="indieweb_site.Handler",
    )


def main(port, folder, token):
    import types
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    import django
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    settings(port, folder)
    django.setup()
    KEPT["url"] = f"http://127.0.0.1:{port}"
    begin()
    urls = types.ModuleType("indieweb_urls")
    urls.urlpatterns = [path("indieweb/", include("indieweb.urls")), path("_posts", posts)]
    sys.modules["indieweb_urls"] = urls
    call_command("migrate", verbosity=0)
    from django.contrib.auth import get_user_model
    from indieweb.models import Token

    owner = get_user_model().objects.create_user("editor")
    who = {"client_id": "https://client.example/", "me": "https://gazette.example/"}
    Token.objects.create(key=token, owner=owner, scope="create update delete undelete media", **who)

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Quiet).serve_forever()


if __name__ == "__main__":
    import indieweb_site  # the module whose `KEPT` the handler has

    indieweb_site.main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
