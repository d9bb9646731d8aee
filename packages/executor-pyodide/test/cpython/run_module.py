"""Runs one module of CPython's tests, and prints what became of it as the last line."""
import json
import os
import signal
import sys
import tarfile
import unittest

TESTS = '/tmp/cpython'
WORK = '/tmp/work'


def run_module(name, left_out):
    with tarfile.open('tests.tar') as tests:
        tests.extractall(TESTS, filter='data')
    sys.path.insert(0, TESTS)
    os.makedirs(WORK)
    os.chdir(WORK)
    from test import support

    support.verbose = False
    # As every Python starts; what asyncio does with an interrupt hangs on it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if name.startswith('test.test_asyncio.'):
        import_in_spite_of_sockets(name, support)
    found = flat(unittest.defaultTestLoader.loadTestsFromName(name))
    tests = [test for test in found if test_name(test).rpartition('.')[2] not in left_out]
    result = Told()
    unittest.TestSuite(tests).run(result)
    bad = result.errors + result.failures
    for test, text in bad:
        print(f'---- {test.id()}\n{text}')
    failed = {test_name(test) for test in [*(test for test, _ in bad), *result.unexpectedSuccesses]}
    # Most stand in several classes, for the code in C and in Python.
    methods = sorted({name.rpartition('.')[2] for name in failed})
    print(json.dumps({'run': result.testsRun, 'skipped': len(result.skipped), 'failed': len(failed), 'names': methods}))


def import_in_spite_of_sockets(name, support):
    """The package and some modules ask for sockets as a whole, though their tests of tasks, locks and queues need none."""
    support.has_socket_support = True
    __import__(name)
    support.has_socket_support = False


class Told(unittest.TestResult):
    """Names each test before it runs: one may end the interpreter."""

    def startTest(self, test):
        super().startTest(test)
        print(test.id(), file=sys.stderr)


def test_name(test):
    """Of a subtest, the name of the test that it is a part of."""
    return getattr(test, 'test_case', test).id()


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test
