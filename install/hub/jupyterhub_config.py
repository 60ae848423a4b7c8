"""JupyterHub for a workshop: one computer, one password, Go with a GIL.

    pip install jupyterhub jupyterlab gilkernel-*.whl
    npm install -g configurable-http-proxy
    GILKERNEL_HUB_PASSWORD=correct-horse jupyterhub -f jupyterhub_config.py

Learners choose a name and type the password. All run as the user who started the hub: that is right for a workshop
among colleagues, and for nothing else. Where learners must not reach each other's files, take another spawner
(SystemdSpawner, DockerSpawner), and set its mem_limit and cpu_limit; the kernel's own limits below stay useful.
"""
import atexit
import os
import pathlib
import shutil
import tempfile

c = get_config()  # noqa: F821

# Who may come, and who that is.
password = os.environ.get("GILKERNEL_HUB_PASSWORD", "")
if len(password) < 8:
    raise SystemExit("Set GILKERNEL_HUB_PASSWORD to a password of at least 8 characters, for all learners.")
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = password
c.Authenticator.allow_all = True
c.Authenticator.username_pattern = r"^[a-z0-9][a-z0-9_-]{0,30}$"  # it becomes the name of a folder

# A folder for each learner, with a copy of the lessons if GILKERNEL_HUB_LESSONS names where they are.
homes = pathlib.Path(os.environ.get("GILKERNEL_HUB_HOMES", "homes")).absolute()
lessons = os.environ.get("GILKERNEL_HUB_LESSONS", "")
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(homes / "{username}")


def prepare(spawner):
    home = homes / spawner.user.name
    home.mkdir(parents=True, exist_ok=True)
    settings = home / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    if not settings.exists():  # no question about news on the first page
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    if lessons and not (home / "lessons").exists():
        shutil.copytree(lessons, home / "lessons", ignore=shutil.ignore_patterns("*.go", ".*"))


c.Spawner.pre_spawn_hook = prepare
c.Spawner.default_url = "/lab"

# A kernel's channels are sockets in a folder, not TCP ports: Jupyter chooses a kernel's ports some time before the kernel
# opens them, and where thirty kernels start at once, two of them get the same. The folder's name is short, because the
# name of a socket has 107 characters at most.
sockets = pathlib.Path(tempfile.mkdtemp(prefix="gilhub", dir="/tmp"))


@atexit.register
def leave():
    if c.JupyterHub.cleanup_servers is not False:  # the servers have ended with the hub
        shutil.rmtree(sockets, ignore_errors=True)



# What a learner may use. A kernel keeps to its limits itself; it needs no cgroups for that.
c.Spawner.environment = {
    "GILKERNEL_MEMORY_LIMIT": "500MB",  # for the variables of all cells of a notebook
    "GILKERNEL_OUTPUT_LIMIT": "5MiB",  # for what one cell prints and shows
    "GOMAXPROCS": "2",  # threads at once: a learner can't take all cores
    "JUPYTER_RUNTIME_DIR": lambda spawner: str(sockets / spawner.user.name),
}
c.Spawner.args = [
    "--KernelManager.transport=ipc",
    "--MultiKernelManager.default_kernel_name=gilkernel",
    "--MappingKernelManager.cull_idle_timeout=3600",  # a kernel that nobody has used for an hour
    "--MappingKernelManager.cull_interval=300",
    "--MappingKernelManager.cull_connected=True",
]

# All come at once: a few servers start at a time, and none is given up because the computer is busy.
c.JupyterHub.concurrent_spawn_limit = 8
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180
