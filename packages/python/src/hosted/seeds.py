"""Sessions that start from one image would draw the same random numbers, and think that they began when it was made."""
import os
import random
import sys
import time


def plant_seeds():
    """The seed of hashes stays: order in a set is then the same in each."""
    random.seed(int.from_bytes(os.urandom(32), 'little'))
    for name, reseed in RESEED.items():
        module = sys.modules.get(name)
        if module is not None:
            reseed(module)


def reseed_names(tempfile):
    tempfile._name_sequence = None


def reseed_numpy(numpy_random):
    numpy_random.seed()


def restart_clock(logging):
    logging._startTime = time.time_ns()


RESEED = {'tempfile': reseed_names, 'numpy.random': reseed_numpy, 'logging': restart_clock}
