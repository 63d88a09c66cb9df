"""What a network says of a post or an account holds no secret, and acts on no terminal."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

from syndicate.model import Identity, ListedPost, Receipt, Secret
from syndicate.net.answers import AnswerCleaner, secrets_of

TOKEN = "tok/en-1234"
AT = datetime(2026, 11, 23, tzinfo=UTC)


def cleaned(said, *learned):
    return AnswerCleaner([TOKEN], SimpleNamespace(learned=frozenset(learned))).cleaned(said)


def test_a_receipt_loses_its_secrets_and_its_address_what_acts():
    receipt = Receipt(f"id-{TOKEN}", f"http://a.example/\x1b\n{TOKEN}?t=tok%2fen-1234", {"uri": f"at://{TOKEN}"})
    assert cleaned(receipt) == Receipt("id-***", "http://a.example/%1B\\n***?t=***", {"uri": "at://***"})


def test_an_identity_is_one_clean_line():
    who = cleaned(Identity(f"1\x9b{TOKEN}", f"@u\x1b[31m\n{TOKEN}", "http://a.example/\u202e", {"text": 500}))
    assert who == Identity("1\\x9b***", "@u\\x1b[31m\\n***", "http://a.example/%E2%80%AE", {"text": 500})


def test_a_listing_is_cleaned_post_by_post():
    listed = [ListedPost(Receipt("1", "http://a.example/\x07"), AT, ("http://b.example/",), "words")]
    [found] = cleaned(listed)
    assert found == ListedPost(Receipt("1", "http://a.example/%07"), AT, ("http://b.example/",), "words")
    assert cleaned(tuple(listed)) == [found]


def test_what_requests_contained_since_is_known_too():
    assert cleaned(Receipt("1", "http://a.example/new-session"), "new-session").permalink == "http://a.example/***"


def test_an_address_that_is_none_is_left_out():
    for said in ({"a": 1}, 7, "", None):
        assert cleaned(Receipt("1", said)).permalink is None


def test_anything_else_stays():
    draft = {"status": TOKEN}
    assert cleaned(draft) is draft
    assert cleaned(None) is None


def test_a_short_secret_is_not_looked_for():
    short = AnswerCleaner(["1234567"], None)
    assert short.cleaned(Receipt("12345678", None)).id == "12345678"
    assert AnswerCleaner(["12345678"], None).cleaned(Receipt("12345678", None)).id == "***"


@dataclass(frozen=True)
class Options:
    token: Secret
    url: str = "http://me:password1@a.example/hook?key=abcde&v=2"
    name: str = "plain words"


def test_the_secrets_of_an_account_are_its_secret_options_and_what_its_address_holds():
    assert secrets_of(Options(Secret("s"))) == {"s", "me:password1", "password1", "key=abcde&v=2", "abcde"}
    assert secrets_of("no options") == set()
