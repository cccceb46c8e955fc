"""Small programs, each of which shows one thing that a way of running may change. No framework is in them."""

PROGRAMS = {
    "hello": "print('hello')\n",
    "argv": "import sys\nprint(sys.argv, __name__, __file__, __spec__, __package__)\n",
    "path": "import sys\nprint(sys.path, sys.path_importer_cache.keys(), sys.flags, sys.orig_argv)\n",
    "environment": """
        import os, subprocess, sys
        print(sorted(os.environ.items()), os.getenv('PYTHONPATH'))
        child = subprocess.run([sys.executable, '-c', 'import sys; print(sys.path)'], capture_output=True, text=True)
        print(child.stdout)
    """,
    "modules": "import sys\nprint([name for name in sys.modules if 'whynorm' in name or 'custom' in name])\n",
    "hooks": """
        import sys, threading, warnings
        print(sys.excepthook is sys.__excepthook__, threading.excepthook is threading.__excepthook__)
        print(sys.gettrace(), sys.getprofile(), warnings.filters, sys.warnoptions)
    """,
    "main_names": "print(sorted(globals()))\nimport __main__\nprint(sorted(vars(__main__)), __builtins__)\n",
    "raises": "def inner(x):\n    return 1 / x\n\ninner(0)\n",
    "raise_from": """
        try:
            {}['key']
        except KeyError as error:
            raise RuntimeError('no such') from error
    """,
    "during_handling": "try:\n    int('x')\nexcept ValueError:\n    undefined\n",
    "syntax_error": "print('never')\ndef broken(:\n    pass\n",
    "not_python": "\x00\x01\n",
    "recursion": "def f(n):\n    return f(n + 1)\n\nf(0)\n",
    "recursion_depth": """
        depth = 0
        def f():
            global depth
            depth += 1
            f()
        try:
            f()
        except RecursionError:
            print(depth)
    """,
    "stack": "import traceback, inspect\ntraceback.print_stack()\nprint(len(inspect.stack()))\n",
    "exit_none": "import sys\nprint('a')\nsys.exit()\n",
    "exit_number": "import sys\nsys.exit(7)\n",
    "exit_text": "import sys\nsys.exit('gone')\n",
    "exit_raise": "raise SystemExit(3)\n",
    "os_exit": "import os\nprint('now', flush=True)\nos._exit(5)\n",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
    "terminated": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
    "interrupted": "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n",
    "interrupt_caught": """
        import os, signal, time
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        except KeyboardInterrupt:
            print('caught')
    """,
    "warns": "import warnings\nwarnings.warn('old')\nwarnings.warn('dep', DeprecationWarning)\n",
    "own_excepthook": """
        import sys
        def hook(kind, value, traceback):
            print('hooked', kind.__name__, value)
        sys.excepthook = hook
        raise ValueError('x')
    """,
    "broken_excepthook": "import sys\nsys.excepthook = lambda *a: 1 / 0\nraise ValueError('x')\n",
    "atexit_order": """
        import atexit
        atexit.register(print, 'first registered')
        atexit.register(print, 'second registered')
        raise ValueError('x')
    """,
    "atexit_raises": "import atexit\natexit.register(lambda: 1 / 0)\n",
    "thread": """
        import threading
        def work():
            raise ValueError('in a thread')
        one = threading.Thread(target=work, name='worker')
        one.start(); one.join()
        print('main goes on')
    """,
    "thread_names": "import threading\nprint(threading.current_thread(), threading.enumerate())\n",
    "asyncio": """
        import asyncio
        async def inner():
            await asyncio.sleep(0)
            raise ValueError('in a task')
        async def main():
            results = await asyncio.gather(inner(), inner(), return_exceptions=True)
            print(results)
            await asyncio.create_task(inner())
        asyncio.run(main())
    """,
    "pickle": """
        import pickle
        class Point:
            def __init__(self, x): self.x = x
        data = pickle.dumps(Point(3), protocol=0)
        print(data, pickle.loads(data).x, Point)
    """,
    "fork": """
        import multiprocessing
        class Box:
            def __init__(self, value): self.value = value
        def double(box): return Box(2 * box.value)
        if __name__ == '__main__':
            with multiprocessing.get_context('fork').Pool(2) as pool:
                print([box.value for box in pool.map(double, [Box(1), Box(2)])])
    """,
    "spawn": """
        import multiprocessing
        print('imported as', __name__)
        class Box:
            def __init__(self, value): self.value = value
        def double(box): return Box(2 * box.value)
        if __name__ == '__main__':
            with multiprocessing.get_context('spawn').Pool(1) as pool:
                print([box.value for box in pool.map(double, [Box(1), Box(2)])])
    """,
    "spawn_raises": """
        import multiprocessing
        def fail(): raise ValueError('in a child')
        if __name__ == '__main__':
            child = multiprocessing.get_context('spawn').Process(target=fail, name='child')
            child.start(); child.join()
            print(child.exitcode)
    """,
    "os_fork": """
        import os, sys
        child = os.fork()
        if not child:
            raise ValueError('in a child')
        print(os.waitpid(child, 0)[1])
    """,
    "process_pool": """
        from concurrent.futures import ProcessPoolExecutor
        def fail(x): raise ValueError(x)
        if __name__ == '__main__':
            with ProcessPoolExecutor(1) as pool:
                print(pool.submit(fail, 3).exception())
    """,
    "imports_beside": "import beside\nprint(beside.VALUE, beside.__name__)\nbeside.fail()\n",
    "reads_input": "print(input('name? '))\n",
    "bytes_out": "import sys\nsys.stdout.buffer.write(b'\\xff\\x00')\n",
    "closed_stdout": "import sys\nsys.stdout.close()\n",
    "closed_stderr": "import sys\nsys.stderr.close()\nraise ValueError('x')\n",
    "chdir": "import os\nos.chdir('/')\nraise ValueError('x')\n",
    "annotations": "x: int = 3\nprint(__annotations__)\n",
    "future": "from __future__ import annotations\nimport dis\ndef f(a: undefined): pass\nprint(f.__annotations__)\n",
    "assertion": "assert 1 == 2, 'not so'\n",
    "debug": "print(__debug__)\n",
    "execs": """
        import os, sys
        os.execv(sys.executable, [sys.executable, '-c', 'import sys; print(sys.argv, sys.path)'])
    """,
    "encoding": "# -*- coding: latin-1 -*-\nprint(len('\u00e9'))\n",
    "deletes_itself": "import os\nos.remove(__file__)\nraise ValueError('x')\n",
    "own_sitecustomize": """
        import sys
        print(sys.modules.get('sitecustomize'), vars(__builtins__).get('own'))
        import sitecustomize
    """,
    "last_value": "import sys\nprint(hasattr(sys, 'last_value'))\n",
    "generator_exit": """
        def g():
            try:
                yield 1
            finally:
                print('closed')
        one = g(); next(one)
        raise ValueError('x')
    """,
    "destructor": """
        class Last:
            def __del__(self): print('gone')
        last = Last()
        raise ValueError('x')
    """,
}
