import os, sys
v = sys.version_info
version = "%d.%d.%d" % tuple(v[:3])
if v[3] != "final":
    version += v[3][0].replace("c", "rc") + str(v[4])
name = getattr(getattr(sys, "implementation", None), "name", "")
if name == "cpython":
    name = "CPython"
else:
    import platform
    name = platform.python_implementation()
free = "t" in getattr(sys, "abiflags", "")
if v >= (3, 13) and not free:
    import sysconfig
    free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
gil = getattr(sys, "_is_gil_enabled", lambda: True)()
base = getattr(sys, "base_prefix", getattr(sys, "real_prefix", sys.prefix))
encode = getattr(os, "fsencode", lambda s: s)
said = [version, name, str(int(free)), str(int(gil)), sys.executable or "", sys.prefix, base, ""]
getattr(sys.stdout, "buffer", sys.stdout).write(b"gilkernel\n" + b"\n".join(encode(s) for s in said) + b"\n")
