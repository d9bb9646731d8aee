"""There is one thread here: who would start another, or wait for one, is told so instead of waiting for ever."""
import _thread

from _interloop.waiting import sleep

REFUSAL = "can't start new thread: Python has one thread here; call the function itself, or use asyncio"
DEADLOCK = 'deadlock: Python has one thread here, so nothing can end this wait'


def refuse_threads():
    _thread.start_new_thread = _thread.start_new = _thread.start_joinable_thread = refuse


def patch_threading(module):
    module._start_new_thread = module._start_joinable_thread = refuse
    wait = module.Condition.wait

    def wait_without_threads(condition, timeout=None):
        """Events, queues and semaphores wait by it. A lock that waits with a time limit would use the processor meanwhile."""
        if timeout is None:
            raise RuntimeError(DEADLOCK)
        if condition._is_owned():
            sleep(max(timeout, 0))
        return wait(condition, 0)

    module.Condition.wait = wait_without_threads


def refuse(*arguments, **options):
    raise RuntimeError(REFUSAL)


patches = {'threading': patch_threading}
