"""`syndicate accounts login` for each network against its stand-in, as a guide shows it.

`python -m tests.worlds.sign_ins` writes that guide.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndicate.platforms import find
from syndicate.sandbox.server import Sandbox
from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.logins import House, allowed
from tests.worlds.pages import DOCS

PAGE = DOCS / "guides" / "signing-in-by-network.md"
DAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""When the people of the guide sign in."""
SITE = "https://gazette.example/"
_RENEWED = re.compile(r"(?<=next at )[-\d]+ [\d:]+(?= UTC)")


class Unseen(str):
    """What is typed and not shown, as a token is."""

    __slots__ = ()


@dataclass(frozen=True)
class SignIn:
    """One account's settings, what a person types besides the page's answer, and which host the stand-in is."""

    options: str = ""
    typed: Sequence[str] = ()
    host: str = ""


SIGN_INS = {
    "threads": SignIn('app_id: "1234", app_secret: "${THREADS_APP_SECRET}"'),
    "instagram": SignIn('app_id: "1234", app_secret: "${INSTAGRAM_APP_SECRET}"'),
    "facebook": SignIn('app_id: "1234", app_secret: "${FACEBOOK_APP_SECRET}"', ["1"], "www.facebook.com"),
    "linkedin": SignIn('client_id: 86abc, client_secret: "${LINKEDIN_SECRET}"', ["2", "1"], "www.linkedin.com"),
    "x": SignIn('client_id: VGhl, client_secret: "${X_CLIENT_SECRET}"', host="x.com"),
    "telegram": SignIn(typed=[Unseen("123456789:bot-token"), "@gazette"]),
    "discord": SignIn(typed=[Unseen("bot-token"), "1"]),
    "slack": SignIn(typed=[Unseen("xoxb-bot-token"), "1"]),
    "misskey": SignIn('url: "https://misskey.example"', host="misskey.example"),
    "micropub": SignIn(typed=[SITE], host="gazette.example"),
}


def config(url: str = "") -> str:
    """The config with all these accounts; with `url`, pointed at the stand-ins."""
    lines = []
    for name, entry in SIGN_INS.items():
        own = f'api_url: "{url}"' if url and name != "micropub" else ""  # whose site says where everything is
        lines.append(f"  {name}: {{{', '.join(filter(None, (f'platform: {name}', entry.options, own)))}}}\n")
    return f'site: {{name: The Example Gazette, url: "{SITE}"}}\naccounts:\n{"".join(lines)}'


def transcript(house: House, name: str) -> str:
    """What is shown while somebody signs in to one account: questions, answers, and whose the login is."""
    process = house.start("accounts", "login", name, "--port", str(processes.free_port()))
    typed, shown = list(SIGN_INS[name].typed), []
    for line in process.stderr:
        shown.append(line.rstrip("\n"))
        said = None
        if line.endswith("the code:\n"):
            said = allowed(next(each.strip() for each in shown if each.startswith("  http")))
        elif line.endswith(": \n"):
            answer = typed.pop(0)
            said = answer.replace(SITE, f"{house.sandbox.url}/micropub/desk/")
            shown[-1] += "" if isinstance(answer, Unseen) else answer
        if said is not None:
            process.stdin.write(f"{said}\n")
            process.stdin.flush()
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, (name, shown)
    return _plain("\n".join([*shown, out]), house.sandbox.url, SIGN_INS[name].host)


def _plain(text: str, url: str, host: str) -> str:
    """As the network itself would be seen, and without what differs each time."""
    text = re.sub(rf"{url}/((?:www\.)?\w+\.(?:com|net)/)", r"https://\1", text)
    text = text.replace(f"{url}/micropub/desk", SITE.rstrip("/")).replace(url, f"https://{host}")
    text = re.sub(r"@?account_\w+", lambda found: "@gazette" if found[0][0] == "@" else "gazette", text)
    text = re.sub(r"(\?[^&\s]+)&\S+", r"\1&…", re.sub(r"(?<=/miauth/)[-\w]+", "…", text))
    text = text.replace(": 127.0.0.1 https", f": {host} https")
    return "".join(f"{line.rstrip()}\n" for line in _RENEWED.sub(_on_the_day, text).strip("\n").splitlines())


def _on_the_day(found: re.Match[str]) -> str:
    step = timedelta(minutes=10)
    away = datetime.fromisoformat(f"{found[0]}+00:00") - datetime.now(UTC)
    return f"{DAY + step * round(away / step):%Y-%m-%d %H:%M}"


def page() -> str:
    """The guide: the config, and the transcript of each account."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox, processes.ended():
        house = House(Path(folder), sandbox)
        (Path(folder) / "config.yaml").write_text(config(sandbox.url), encoding="utf-8")
        house.environ |= dict.fromkeys(re.findall(r"\$\{(\w+)\}", config()), "secret")
        with ThreadPoolExecutor(4) as pool:
            shown = list(pool.map(lambda name: transcript(house, name), SIGN_INS))
    parts = [
        f"## {find(name).look.name}\n\n```console\n$ syndicate accounts login {name}\n{told}```\n\n"
        f"Before that: [what the network needs](../platforms/{name}.md).\n"
        for name, told in zip(SIGN_INS, shown, strict=True)
    ]
    return _TEXT.format(config=config(), parts="\n".join(parts))


_TEXT = """# What each network asks as you sign in

<!-- Made by python -m tests.worlds.sign_ins -->

How signing in works, with Mastodon and Bluesky as examples, is in [Sign in to your accounts](signing-in.md).
This is what `syndicate accounts login` asks and says for every other network where it can get the token.
Each was run against [the sandbox](../sandbox.md); the addresses are cut short.

```yaml
{config}```

{parts}"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
