"""Running a program under observation.

`whynorm run` replaces its own process by the very interpreter call that the user would have typed, so that nothing of
the program is any different: `__main__`, `sys.argv`, `sys.path`, tracebacks, pickling, signals, exit status.
What comes along is one module, `site/sitecustomize.py`, which the interpreter imports at its start: it takes itself
out of the environment and of `sys.path` again, waits for a framework to be imported, and speaks when Python's exit
handlers run, after all others.
"""
