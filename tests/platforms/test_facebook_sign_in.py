from __future__ import annotations

import pytest

from syndicate.errors import AuthError, Unsupported
from syndicate.model import Choose, Secret, Visit
from syndicate.net.http import RequestsHttp
from syndicate.platforms.facebook import Facebook, Options
from syndicate.ports import SignIn
from syndicate.testing import KEY, Held, Recorded, now, post
from tests.worlds.meta_person import led, person, signed_in

REDIRECT = "http://127.0.0.1:9999/back"
TOKEN = (200, {"access_token": "user-1", "expires_in": 5_183_944})
GRANTED = ("pages_show_list", "pages_read_engagement", "pages_manage_posts")


def permissions(*granted):
    return (200, {"data": [{"permission": each, "status": "granted"} for each in granted]})


def pages(*listed, **more):
    return (200, {"data": list(listed), **more})


def page(number, name="Gazette", tasks=("CREATE_CONTENT",)):
    return {"id": number, "name": name, "access_token": f"token-of-{number}", "tasks": list(tasks)}


@pytest.fixture
def http():
    door = RequestsHttp(clock=now)
    yield door
    door.close()


@pytest.fixture
def options(sandbox):
    def make(**more):
        return Options(app_id="1", app_secret=Secret("s-1"), api_url=sandbox.url, **more)

    return make


def recorded(*replies, **options):
    door = Recorded(*replies)
    flow = Facebook.sign_in(Options(app_id="1", app_secret=Secret("s-1"), **options), door, REDIRECT)
    return flow, door


def test_signing_in_asks_for_the_page_and_gives_its_token_which_posts(sandbox, http, options):
    assert issubclass(Facebook, SignIn)
    held = signed_in(Facebook.sign_in(options(), http, REDIRECT), person(chosen="Gazette Sport"))
    assert held == {"token": "page-4712-of-gazette", "page_id": "4712"}
    assert sandbox.posts() == []
    platform = Facebook(options(), http, Held(held))
    assert platform.verify().id == "4712"
    platform.commit(platform.prepare(post(), KEY), KEY)
    assert sandbox.posts()[0]["account"] == "4712"


def test_only_pages_on_which_the_person_may_post_can_be_chosen(http, options):
    seen = []

    def answer(question):
        if isinstance(question, Visit):
            return led(question.address)
        seen.append(question)
        return "4711"

    signed_in(Facebook.sign_in(options(), http, REDIRECT), answer)
    assert seen == [
        Choose(
            "Which Page is it?",
            (("4711", "The Example Gazette (4711)"), ("4712", "Gazette Sport (4712)")),
        )
    ]


def test_the_page_of_the_config_is_not_asked_about(http, options):
    flow = Facebook.sign_in(options(page_id="4711"), http, REDIRECT)
    assert signed_in(flow, lambda question: led(question.address))["token"] == "page-4711-of-gazette"


@pytest.mark.parametrize(("page_id", "member"), [("4713", "gazette"), ("4711", "mara")])
def test_a_page_of_somebody_else_is_refused(http, options, page_id, member):
    with pytest.raises(AuthError, match=f"Page {page_id} is none of this person's") as caught:
        signed_in(Facebook.sign_in(options(page_id=page_id), http, REDIRECT), person(member=member))
    assert "nothing was stored" in caught.value.hint


def test_somebody_without_a_page_is_told(http, options):
    with pytest.raises(AuthError, match="no Page on which this person may post"):
        signed_in(Facebook.sign_in(options(), http, REDIRECT), person(member="nobody"))


def test_the_requests_of_a_login():
    flow, door = recorded(TOKEN, TOKEN, permissions(*GRANTED), pages(page("77")), page_id="77")
    visit = next(flow)
    assert visit.address.startswith("https://www.facebook.com/v25.0/dialog/oauth?client_id=1&")
    with pytest.raises(StopIteration) as ended:
        flow.send("code-1")
    assert ended.value.value == {"token": "token-of-77", "page_id": "77"}
    code, longer, allowed, listed = door.calls
    at = "https://graph.facebook.com/v25.0"
    assert (code.url, longer.url) == (f"{at}/oauth/access_token",) * 2
    assert code.params == {"client_id": "1", "client_secret": "s-1", "code": "code-1", "redirect_uri": REDIRECT}
    assert longer.params == {
        "client_id": "1",
        "client_secret": "s-1",
        "grant_type": "fb_exchange_token",
        "fb_exchange_token": "user-1",
    }
    assert (allowed.url, listed.url) == (f"{at}/me/permissions", f"{at}/me/accounts")
    assert {call.headers["Authorization"] for call in (allowed, listed)} == {"Bearer user-1"}


def test_what_was_not_allowed_is_named():
    flow, _ = recorded(TOKEN, TOKEN, permissions("pages_show_list", "pages_read_engagement"))
    next(flow)
    with pytest.raises(AuthError, match="lacks pages_manage_posts"):
        flow.send("code-1")
    declined = (200, {"data": [{"permission": each, "status": "declined"} for each in GRANTED]})
    flow, _ = recorded(TOKEN, TOKEN, declined)
    next(flow)
    with pytest.raises(AuthError, match="lacks pages_show_list"):
        flow.send("code-1")


def test_all_pages_of_the_listing_are_read_but_not_for_ever():
    more = {"paging": {"cursors": {"after": "a1"}, "next": "https://graph.facebook.com/…"}}
    flow, door = recorded(
        TOKEN, TOKEN, permissions(*GRANTED), pages(page("76"), **more), pages(page("77")), page_id="77"
    )
    next(flow)
    with pytest.raises(StopIteration):
        flow.send("code-1")
    assert door.calls[4].params["after"] == "a1"
    flow, _ = recorded(TOKEN, TOKEN, permissions(*GRANTED), *[pages(page("76"), **more)] * 30)
    next(flow)
    with pytest.raises(Unsupported):
        flow.send("code-1")


def test_the_token_of_the_config_needs_no_signing_in():
    assert Facebook.signed_out(Options("77", Secret("t"))) == {}
    rehearsal = Facebook.signed_out(Options(app_id="1", app_secret=Secret("s")))
    assert rehearsal == {"token": "<token>", "page_id": "<page id>"}


@pytest.mark.parametrize("given", [{}, {"page_id": "77"}, {"app_id": "1"}, {"page_token": Secret("t")}])
def test_options_that_make_no_sense_are_refused(given):
    with pytest.raises(ValueError, match="needs page_id"):
        Options(**given)


def test_without_a_login_a_call_says_how_to_get_one():
    adapter = Facebook(Options(app_id="1", app_secret=Secret("s")), Recorded(), Held())
    for call in (adapter.verify, lambda: adapter.commit(adapter.prepare(post(), KEY), KEY)):
        with pytest.raises(AuthError) as caught:
            call()
        assert "accounts login" in caught.value.hint
