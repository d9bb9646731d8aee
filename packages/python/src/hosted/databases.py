"""A query of sqlite runs in C for as long as it likes; asked now and then, it can be interrupted."""
import functools
import select

from _interloop.waiting import monotonic

# Instructions of sqlite's machine between two calls: some milliseconds.
STEPS = 100_000
# Seconds between two looks, each of which waits for a millisecond.
LOOK = 0.05

looking = select.poll()
next_look = 0.0


def patch_sqlite(module):
    connect = module.connect

    @functools.wraps(connect)
    def interruptible_connect(*arguments, **options):
        connection = connect(*arguments, **options)
        connection.set_progress_handler(keep_going, STEPS)
        return connection

    module.connect = interruptible_connect


def keep_going():
    """An interrupt that is due ends `poll`, and what it raises here ends the query."""
    global next_look
    now = monotonic()
    if now >= next_look:
        next_look = now + LOOK
        looking.poll(1)


patches = {'sqlite3.dbapi2': patch_sqlite}
