"""A WebSub hub (flask-websub) and one feed, on 127.0.0.1: python websub_hub.py HUBPORT FEEDPORT FEEDFILE, with the
Python of the hub's own environment. POST /publish with `topic` has the hub tell its subscribers.
"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from celery import Celery
from flask import Flask, request
from flask_websub.hub import Hub, SQLite3HubStorage

hub_port, feed_port, feed = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
tasks = Celery("hub", broker="memory://", backend="cache+memory://")
tasks.conf.task_always_eager = True
storage = SQLite3HubStorage(str(feed.with_name("hub.sqlite3")))
hub = Hub(storage, tasks, PUBLISH_SUPPORTED=True, SIGNATURE_ALGORITHM="sha512")
app = Flask(__name__)
app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))


class Feed(BaseHTTPRequestHandler):
    """The feed, which names its hub and itself."""

    def do_GET(self):
        body = feed.read_bytes()
        links = f'<http://127.0.0.1:{hub_port}/hub>; rel="hub", <http://127.0.0.1:{feed_port}/feed.xml>; rel="self"'
        self.send_response(200)
        for name, value in (("Content-Type", "application/rss+xml"), ("Link", links), ("Content-Length", len(body))):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@app.post("/publish")
def publish():
    hub.send_change_notification.delay(request.form["topic"])
    return "told"


threading.Thread(target=ThreadingHTTPServer(("127.0.0.1", feed_port), Feed).serve_forever, daemon=True).start()
app.run("127.0.0.1", hub_port, threaded=True)
