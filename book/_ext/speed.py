"""A build without garbage collection.

Sphinx keeps almost all that it makes until the end, and Python's garbage collector would go through
these millions of objects again and again. The chapter on speed has the time and the memory.
"""

import gc


def setup(app):
    """Switch the garbage collector off, for the whole process."""
    gc.disable()
    return {"parallel_read_safe": True, "parallel_write_safe": True}
