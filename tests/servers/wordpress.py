"""A real WordPress on this machine: Debian's packages, a MariaDB and PHP's own server, all on 127.0.0.1."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from subprocess import DEVNULL, STDOUT
from urllib.parse import urlencode

from tests import processes
from tests.servers.installing import Missing, apt, run
from tests.waiting import PATIENCE

FILES = Path("/usr/share/wordpress")
PACKAGES = (
    *("php-cli", "php-mysql", "php-gd", "php-xml", "php-mbstring", "php-curl", "php-intl"),
    *("mariadb-server", "wordpress", "wordpress-theme-twentytwentythree"),
)

_CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'wordpress'); define('DB_PASSWORD', 'of-nobody');
define('DB_HOST', '127.0.0.1:{database}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {{
  define($name . '_KEY', 'key of ' . $name); define($name . '_SALT', 'salt of ' . $name);
}}
$table_prefix = 'wp_';
define('WP_DEBUG', false); define('AUTOMATIC_UPDATER_DISABLED', true); define('WP_HTTP_BLOCK_EXTERNAL', true);
define('FS_METHOD', 'direct'); define('WP_HOME', '{url}'); define('WP_SITEURL', '{url}');
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
_ROUTER = """<?php
$path = urldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
$file = __DIR__ . $path;
if ($path !== '/' && is_file($file)) return false;
$script = is_file(rtrim($file, '/') . '/index.php') ? rtrim($path, '/') . '/index.php' : '/index.php';
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $script;
$_SERVER['SCRIPT_FILENAME'] = __DIR__ . $script;
chdir(dirname($_SERVER['SCRIPT_FILENAME']));
require $_SERVER['SCRIPT_FILENAME'];
"""
_RUN = """<?php
$_SERVER += ['HTTP_HOST' => '{host}', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
require '{www}/wp-load.php';
foreach (['image', 'file', 'media', 'taxonomy'] as $part) require_once ABSPATH . "wp-admin/includes/$part.php";
wp_set_current_user(1);
{code}
"""


class Server:
    """A site with nothing but what a test publishes."""

    def __init__(self, folder: Path) -> None:
        apt(PACKAGES, FILES / "wp-load.php")
        for program in ("php", "mariadbd", "mariadb", "mariadb-install-db"):
            if shutil.which(program) is None:
                raise Missing(f"{program} is not installed")
        self._folder, self._www = folder, folder / "www"
        port, self._database = processes.free_port(), processes.free_port()
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"
        self._running = []
        self._start_database()
        self._lay_out()
        env = dict(os.environ) | {"PHP_CLI_SERVER_WORKERS": "1"}
        self._run(["php", "-S", self.host, "-t", self._www, self._www / "router.php"], cwd=self._www, env=env)
        self._install()
        self.version = self.php("global $wp_version; echo $wp_version;")

    def php(self, code: str) -> str:
        """What this code prints inside the site."""
        script = self._folder / "run.php"
        script.write_text(_RUN.format(host=self.host, www=self._www, code=code), encoding="utf-8")
        return run(["php", script], self._folder)

    def publish(self, title: str, *, content: str = "Words.", more: str = "") -> None:
        """Publish a post; `more` are further fields, as PHP."""
        fields = f"'post_title' => {_php(title)}, 'post_content' => {_php(content)}, 'post_status' => 'publish', {more}"
        self.php(f"$id = wp_insert_post([{fields}], true); if (is_wp_error($id)) {{ echo $id->get_error_message(); }}")

    def close(self) -> None:
        """End it, the database last."""
        for process in reversed(self._running):
            process.terminate()
            with suppress(Exception):
                process.wait(PATIENCE)
            processes.end(process)

    def _run(self, command: list, **options) -> None:
        log = (self._folder / f"{Path(str(command[0])).name}.log").open("w", encoding="utf-8")
        self._running.append(
            processes.start([str(word) for word in command], stdin=DEVNULL, stdout=log, stderr=STDOUT, **options)
        )
        log.close()

    def _start_database(self) -> None:
        data, socket = self._folder / "db", self._folder / "db.sock"
        who = "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
        common = ["--no-defaults", f"--datadir={data}", f"--user={who}"]
        own = ["--skip-test-db", "--auth-root-authentication-method=normal"]
        run(["mariadb-install-db", *common, *own], self._folder)
        here = [f"--port={self._database}", "--bind-address=127.0.0.1", f"--socket={socket}", "--skip-log-bin"]
        self._run(["mariadbd", *common, *here, f"--pid-file={self._folder / 'db.pid'}"])
        made = "create database wordpress character set utf8mb4;"
        for host in ("127.0.0.1", "localhost"):
            made += f"create user wordpress@'{host}' identified by 'of-nobody';"
            made += f"grant all on wordpress.* to wordpress@'{host}';"
        for _ in range(200):
            if socket.exists():
                with suppress(Missing):
                    run(["mariadb", "--no-defaults", "-S", socket, "-uroot", "-e", made], self._folder)
                    return
            time.sleep(0.1)
        raise Missing("MariaDB does not start")

    def _lay_out(self) -> None:
        """The files of WordPress, all in one folder, as its own archive has them."""
        shutil.copytree(FILES, self._www, symlinks=False, ignore_dangling_symlinks=True)
        shutil.rmtree(self._www / "wp-content", ignore_errors=True)
        content = next(
            place for place in (Path("/var/lib/wordpress/wp-content"), FILES / "wp-content") if place.exists()
        )
        shutil.copytree(content, self._www / "wp-content", symlinks=False, ignore_dangling_symlinks=True)
        (self._www / "wp-content" / "uploads").mkdir(exist_ok=True)
        config = _CONFIG.format(database=self._database, url=self.url)
        (self._www / "wp-config.php").write_text(config, encoding="utf-8")
        (self._www / "router.php").write_text(_ROUTER, encoding="utf-8")

    def _install(self) -> None:
        form = {"weblog_title": "The Harbour Times", "user_name": "editor", "admin_email": "editor@gazette.example"}
        form |= {"admin_password": "of-nobody-9", "admin_password2": "of-nobody-9", "pw_weak": "1", "blog_public": "1"}
        for _ in range(200):
            with suppress(OSError, HTTPException):
                door = HTTPConnection(self.host, timeout=PATIENCE)
                headers = {"Content-Type": "application/x-www-form-urlencoded"}
                door.request("POST", "/wp-admin/install.php?step=2", urlencode(form), headers)
                said = door.getresponse().read().decode()
                door.close()
                if "Success!" in said:
                    return
                raise Missing(f"WordPress does not install itself: {said[-200:]!r}")
            time.sleep(0.1)
        raise Missing("PHP's server does not answer")


def _php(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
