"""`syndicate demo` runs a site with which the first five minutes can be tried."""

from __future__ import annotations

import json
import signal
import urllib.request


def test_the_sample_site_runs_until_it_is_told_to_stop(desk):
    running = desk.start("demo", "--port", "0")
    url = running.stdout.readline().strip()
    desk.path.unlink()
    assert desk("init", "--site", url).code == 0
    assert "every-boat-home-before-the-fog.html" in desk("preview").out.split("╰")[-2]
    assert desk("post").err == "news: first run, 5 articles recorded as seen; what is published from now on is posted\n"
    published = urllib.request.Request(f"{url}/_site/publish", data=b"{}")
    with urllib.request.urlopen(published) as reply:
        assert len(json.load(reply)["published"]) == 7
    posted = desk("post")
    assert (posted.code, posted.out.count("posted   drafts")) == (0, 7)
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate()
    assert (running.returncode, out) == (128 + signal.SIGTERM, "")
    assert f"syndicate init --site {url}\n" in err
    assert all(len(line) <= 80 for line in err.splitlines())


def test_a_port_in_use_is_one_line(desk):
    run = desk("demo", "--port", desk.site.url.rpartition(":")[2])
    assert (run.code, run.out) == (2, "")
    assert "cannot be used: address already in use" in run.complaint
    assert "--port 0 for a free one" in run.err


def test_stay_without_the_morning_is_wrong_usage(desk):
    assert (desk("demo", "--stay").code, desk("demo", "--stay").complaint) == (2, "Error: --stay goes with --morning")
