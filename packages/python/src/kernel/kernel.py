"""The IPython kernel that this runs in."""
import os
import threading

from IPython import get_ipython

shell = get_ipython()
kernel = shell.kernel
session = kernel.session
# Before anything takes its place.
send = session.send
main_thread = threading.main_thread()
pid = os.getpid()


def is_forked():
    return os.getpid() != pid


def clean(text):
    """Text that can be sent: half a pair of UTF-16 cannot, and is what it becomes on its way elsewhere."""
    return text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')


def cleaned(value):
    """The same of every text in data."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: cleaned(member) for name, member in value.items()}
    return [cleaned(member) for member in value] if isinstance(value, list) else value
