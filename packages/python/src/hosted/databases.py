"""A query of sqlite runs in C for as long as it likes; asked now and then, it can be interrupted."""
import functools
import select

# Instructions of sqlite's machine between two looks: some milliseconds.
STEPS = 100_000

look = select.poll()


def patch_sqlite(module):
    connect = module.connect

    @functools.wraps(connect)
    def interruptible_connect(*arguments, **options):
        connection = connect(*arguments, **options)
        connection.set_progress_handler(keep_going, STEPS)
        return connection

    module.connect = interruptible_connect


def keep_going():
    """An interrupt that is due ends `poll`, and what is raised here ends the query."""
    look.poll(0)


patches = {'sqlite3.dbapi2': patch_sqlite}
