"""A request that a network has taken and not answered yet."""

from __future__ import annotations

import threading

from tests.waiting import PATIENCE


class InFlight:
    """Holds every answer to a post until `over`; `begun` once the network has taken the first."""

    def __init__(self, sandbox):
        self.begun, self.over = threading.Event(), threading.Event()
        operate = sandbox.operate

        def held(route, request):
            answer = operate(route, request)
            if route.step == "commit":
                self.begun.set()
                self.over.wait(PATIENCE)
            return answer

        sandbox.operate = held
