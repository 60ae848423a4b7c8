# The main module of a cell, for the processes that multiprocessing starts. It goes when the cell has ended.
import os as _os
_path = _os.path.join(_os.path.dirname(__file__), "boot.py")
_boot = {"__name__": "gilkernel_boot", "__file__": _path}
with open(_path) as _file:
    exec(compile(_file.read(), _path, "exec"), _boot)
_child = _boot["child"]
del _os, _path, _boot, _file
_child(globals())
