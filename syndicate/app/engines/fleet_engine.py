"""The job engine of a fleet: procrastinate, which keeps its queues on the server that holds the ledger.

It runs the jobs of `fleet_tasks` on threads of this process, one of each lock at a time in the whole fleet, and takes
over the jobs of workers that died. It knows nothing of what a job does.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from procrastinate import App as Procrastinate
from procrastinate import JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.worker import Worker
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict

from syndicate.app.engines.fleet_tasks import FleetTasks
from syndicate.app.engines.queues import DISPATCH, PICTURES, POSTS, Job
from syndicate.ledger.database import EPOCH
from syndicate.ledger.postgresql_connections import ALIVE, IDLE_SECONDS

HEARTBEAT = 4.0  # seconds between two signs of life of a worker
STALLED = 14.0  # seconds without one after which its jobs are another's
BATCH = 500  # jobs that are enqueued in one commit
LOOK = 1.0  # seconds between two looks for a job, besides those that are announced
CONNECT = 10.0  # seconds to wait for a connection
CONNECTIONS = 4  # at most, besides those that listen
WAITING = 1000  # jobs of one queue at most: the longer it is, the longer each look for the next one takes
_TAKEN = "SELECT queueing_lock AS once, queue_name AS queue FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
_ALIVE_WORKERS = (
    "SELECT id FROM procrastinate_workers WHERE last_heartbeat >= now() - %(stalled)s * INTERVAL '1 second' ORDER BY id"
)

_DOING = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = ANY(%(ours)s)"

T = TypeVar("T")


class FleetEngine:
    """One run of procrastinate in this process, until `stop`; raises ConnectorException where the server is lost.

    `threads` do the work of jobs of these `queues`: `concurrency` deliveries at once, and half as many polls beside
    them, so that no post waits for feeds that do not answer; and one job that dispatches.
    """

    def __init__(
        self, address: str, tasks: FleetTasks, threads: ThreadPoolExecutor, concurrency: int, queues: Sequence[str]
    ) -> None:
        self._tasks, self._threads, self._concurrency = tasks, threads, concurrency
        given: dict[str, Any] = ALIVE | {"application_name": "syndicate jobs"} | conninfo_to_dict(address)
        pool: dict[str, Any] = {"min_size": 1, "max_size": CONNECTIONS, "timeout": CONNECT, "configure": _limit}
        connector = PsycopgConnector(kwargs=given, **pool)
        self._app = Procrastinate(connector=connector)
        dispatch = self._app.task(name="dispatch", queue=DISPATCH, queueing_lock=DISPATCH, pass_context=True)
        self._dispatched = dispatch(self._dispatch)
        self._app.task(name="poll", pass_context=True)(self._poll)
        self._app.task(name="deliver", pass_context=True)(self._deliver)
        self._app.task(name="errand", pass_context=True)(self._errand)
        sent = [name for name in queues if name in (POSTS, PICTURES)]
        read = [name for name in queues if name not in sent]
        kinds = ((concurrency, sent), (polls_beside(concurrency), read), (1, [DISPATCH]))
        self._workers = [self._worker(number, names) for number, names in kinds if names]
        self._running = self._sending = 0
        self._under_way = set[int | None]()
        self._ended: dict[int, float] = {}  # jobs of ours that the server takes for running, and since when

    def _worker(self, concurrency: int, queues: Sequence[str]) -> Worker:
        return Worker(
            self._app,
            queues=queues,
            concurrency=concurrency,
            delete_jobs="always",
            fetch_job_polling_interval=LOOK,
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED,
        )

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Meanwhile, connections to the server are open."""
        try:
            await self._app.open_async()
            yield
        finally:  # also where none could be opened: it would go on trying
            await self._app.close_async()

    async def work(self) -> None:
        """Run jobs until `stop`; then wait for those under way."""
        runs = [asyncio.create_task(worker.run()) for worker in self._workers]  # type: ignore[no-untyped-call]
        await asyncio.wait(runs, return_when=asyncio.FIRST_COMPLETED)  # one that lost the server ends by itself
        self.stop()
        await asyncio.gather(*runs)

    def stop(self) -> None:
        """Begin no more jobs."""
        for worker in self._workers:
            worker.stop()  # type: ignore[no-untyped-call]

    def crowded(self) -> bool:
        """Whether as many deliveries run here as may: then another may wait for its turn."""
        return self._sending >= self._concurrency

    @property
    def running(self) -> int:
        """How many jobs run here."""
        return self._running

    async def call_dispatch(self, second: int) -> None:
        """Have one worker of the fleet dispatch in this second; the engine sees to it that it is one."""
        deferrer = self._dispatched.configure(task_kwargs={"timestamp": second})
        with contextlib.suppress(AlreadyEnqueued):
            await self._app.job_manager.defer_periodic_job(deferrer.job, periodic_id="", defer_timestamp=second)

    async def rescue(self) -> None:
        """Have the jobs of workers that died run again."""
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
            assert job.id is not None
            try:
                await manager.retry_job(job, retry_at=EPOCH)  # at once, whatever the clock here says
            except ConnectorException:  # an equal one waits already, or it was rescued meanwhile
                with contextlib.suppress(ConnectorException):
                    await manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
        await manager.prune_stalled_workers(STALLED)
        await self._forget_ended()

    async def _forget_ended(self) -> None:
        """End jobs of our own that are over, where the server was away as it should have been told: they would keep
        their accounts and sources from ever getting another one, since we are alive.
        """
        ours = [worker.worker_id for worker in self._workers]
        listed = await self._app.connector.execute_query_all_async(_DOING, ours=ours)
        now, numbers = time.monotonic(), {row["id"] for row in listed} - self._under_way
        self._ended = {number: self._ended.get(number, now) for number in numbers}
        for number, since in self._ended.items():
            if now - since >= STALLED:
                with contextlib.suppress(ConnectorException):  # it has been told meanwhile
                    await self._app.job_manager.finish_job_by_id_async(number, Status.FAILED, delete_job=True)

    async def is_first(self) -> bool:
        """Whether of all workers that are alive, this is the one that began first."""
        alive = await self._app.connector.execute_query_all_async(_ALIVE_WORKERS, stalled=STALLED)
        return bool(alive) and alive[0]["id"] in {worker.worker_id for worker in self._workers}

    async def put(self, jobs: Sequence[Job]) -> None:
        """Enqueue these jobs, but those that wait already or are being done; as many as there is room for."""
        if not jobs:
            return
        taken = await self._app.connector.execute_query_all_async(_TAKEN)
        known, length = {row["once"] for row in taken}, Counter[str](row["queue"] for row in taken)
        new = []
        for job in jobs:
            if job.once not in known and length[job.queue] < WAITING:
                length[job.queue] += 1
                new.append(job)
        for start in range(0, len(new), BATCH):
            await self._put(new[start : start + BATCH])

    async def _put(self, jobs: Sequence[Job]) -> None:
        try:
            await self._app.job_manager.batch_defer_jobs_async([_queued(job) for job in jobs])
        except AlreadyEnqueued:  # by another process meanwhile: all but that one
            half = len(jobs) // 2
            if half:
                await self._put(jobs[:half])
                await self._put(jobs[half:])

    # The jobs; one of a later version may have arguments that this one does not know

    async def _dispatch(self, context: JobContext, /, **_: object) -> None:
        self._under_way.add(context.job.id)
        try:
            await self.put(await self._done(self._tasks.dispatch))
        finally:
            self._under_way.discard(context.job.id)

    async def _poll(self, context: JobContext, /, source: str, **_: object) -> None:
        rescued = context.job.attempts > 0
        await self.put(await self._counted(context, self._done(lambda: self._tasks.poll(source, rescued=rescued))))

    async def _deliver(self, context: JobContext, /, account: str, **_: object) -> None:
        self._sending += 1
        try:
            await self._counted(context, self._done(lambda: self._tasks.deliver(account, self.crowded)))
        finally:
            self._sending -= 1

    async def _errand(self, context: JobContext, /, errand: str, **_: object) -> None:
        await self._counted(context, self._done(lambda: self._tasks.errand(errand)))

    async def _counted(self, context: JobContext, work: Awaitable[T]) -> T:
        self._running += 1
        self._under_way.add(context.job.id)
        try:
            return await work
        finally:
            self._running -= 1
            self._under_way.discard(context.job.id)

    async def _done(self, work: Callable[[], T]) -> T:
        """Do it on a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def polls_beside(concurrency: int) -> int:
    """How many polls and errands run at once beside so many deliveries."""
    return (concurrency + 1) // 2


def _queued(job: Job) -> QueuedJob:
    return QueuedJob(
        queue=job.queue,
        task_name=job.task,
        task_kwargs=dict(job.arguments),
        lock=job.lock,
        queueing_lock=job.once,
        priority=job.priority,
    )


async def _limit(connection: AsyncConnection[Any]) -> None:
    """Have the server end what a worker left half done that died or was cut off: others wait for its locks."""
    await connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'".encode())
    await connection.commit()
