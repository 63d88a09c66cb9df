"""A story whose address follows its headline: the old address leads to the new one, and it is no new story."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ingestion.poll import PollRules, poll
from syndicate.model import FloodLimits
from tests.worlds.newsroom import Newsroom

LEAD = "A warehouse in the old harbour burnt down on Saturday night and two people died, the fire brigade said."
OLD, NEW = "https://gazette.example/fire-in-the-harbour", "https://gazette.example/two-dead-in-harbour-fire"


class Desk(Newsroom):
    """A newsroom that asks where addresses lead: `leads` says where, `asked` which were asked."""

    def __init__(self, *given, **options):
        self.leads, self.asked = {}, []
        super().__init__(*given, **options)

    def poll(self):
        def follow(address):
            self.asked.append(address)
            return self.leads.get(address)

        state = self.ledger.sources.ensure("news", "https://gazette.example/rss")
        limits = FloodLimits(burst=10, similar="ask")
        return poll(self, state, [self.account], self.ledger, PollRules(floods=limits, follow=follow))


@pytest.fixture
def desk(ledger, clock, article):
    """A desk that has posted a story about a fire, above others."""
    made = Desk(ledger, clock, on_edit="edit")
    clock.move(hours=2)
    others = [article(n, published=clock.now - timedelta(minutes=n)) for n in range(1, 5)]
    made.fire = article(9, url=OLD, guid=OLD, title="Fire in the harbour", summary=LEAD, published=clock.now)
    made.publish(made.fire, *others)
    assert len(made.run()) == 5
    clock.move(minutes=30)
    made.others = others
    made.rewritten = replace(
        made.fire, url=NEW, guid="v2", title="Mayor says two dead in blaze", published=clock.now + timedelta(seconds=1)
    )
    return made


@pytest.mark.parametrize("lead", [LEAD, "Two people are dead."])
def test_a_story_whose_old_address_leads_to_the_new_one_is_the_same_story(desk, lead):
    desk.leads = {OLD: f"{NEW}/?from=old&utm_source=x".replace("?from=old&", "?")}
    desk.publish(replace(desk.rewritten, summary=lead), *desk.others)
    desk.run()
    assert desk.asked == [OLD]
    assert [row.action for row in desk.ledger.deliveries.search()].count("post") == 5
    assert f"Mayor says two dead in blaze {NEW}" in desk.network.posts.values(), "its post was edited"
    desk.publish(desk.rewritten, *desk.others)
    desk.publish(desk.fire, *desk.others)
    assert (desk.run(), desk.asked) == ([], [OLD])


@pytest.mark.parametrize("leads", [{}, {OLD: OLD}, {OLD: "https://gazette.example/"}])
def test_where_it_leads_nowhere_else_the_new_story_goes_out(desk, leads):
    desk.leads = leads
    desk.publish(replace(desk.rewritten, summary="Another story."), *desk.others)
    assert desk.run() == ["Mayor says two dead in blaze"]


def test_what_scrolls_out_of_the_list_or_cannot_be_the_same_is_not_asked_for(desk, article, clock):
    new = article(20, published=clock.now)
    desk.publish(new, desk.fire, *desk.others[:3])  # the last one scrolled out
    assert desk.asked == []
    far = replace(desk.rewritten, url="https://other.example/two-dead-in-harbour-fire")
    desk.publish(far, new, *desk.others[:3])
    assert desk.asked == []
    clock.move(minutes=5)
    desk.publish(article(21, published=clock.now), far, new, *desk.others[:3])  # it left before this reading
    assert desk.asked == []
