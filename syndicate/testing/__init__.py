"""Tools to test adapters, ours and yours: the contract tests of every platform, and fakes of `Http`.

    class TestExample(PlatformContract):
        def make(self, http, url, credentials):
            return Example(Options(token=Secret("token"), api_url=url), http, credentials)

        @pytest.fixture
        def network(self):
            with ExampleStandIn() as stand_in:
                yield stand_in

Needs pytest. Everything runs over real HTTP on loopback against a stand-in for the network.
`pytest.register_assert_rewrite("syndicate.testing")` in your conftest.py makes failures readable.
"""

from syndicate.testing.contract import KEY, OTHER_KEY, PlatformContract, TestedStandIn
from syndicate.testing.doors import Held, Recorded, SeenCall, now, recorded, refusing_url
from syndicate.testing.stories import COM_LINK, LINK, illustrated, linked, picture, post

__all__ = [
    "COM_LINK",
    "KEY",
    "LINK",
    "OTHER_KEY",
    "Held",
    "PlatformContract",
    "Recorded",
    "SeenCall",
    "TestedStandIn",
    "illustrated",
    "linked",
    "now",
    "picture",
    "post",
    "recorded",
    "refusing_url",
]
