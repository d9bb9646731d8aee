# A JupyterHub of the tests: one user, named servers as processes of this user, a service with the scopes of docs/deploy/jupyterhub_config.py.
import os
import sys

c = get_config()  # noqa: F821

c.JupyterHub.bind_url = os.environ["INTERLOOP_HUB_URL"]
c.JupyterHub.hub_bind_url = os.environ["INTERLOOP_HUB_API_URL"]
c.JupyterHub.cleanup_servers = True
c.JupyterHub.cookie_secret = os.urandom(32)
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = {"loops"}
c.JupyterHub.allow_named_servers = True
c.JupyterHub.named_server_limit_per_user = 2

c.JupyterHub.spawner_class = "simple"
# The private folder in the commands is what they are found and ended by.
runtime = os.environ["JUPYTER_RUNTIME_DIR"]
c.Spawner.cmd = [sys.executable, "-X", f"interloop={runtime}", "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root", "--ServerApp.terminals_enabled=False"]
c.Spawner.notebook_dir = os.environ["INTERLOOP_HUB_FOLDER"]
c.Spawner.environment = {name: value for name, value in os.environ.items() if name.startswith(("JUPYTER_", "IPYTHON", "MPL"))}
c.SimpleLocalProcessSpawner.home_dir_template = os.environ["INTERLOOP_HUB_FOLDER"]

c.ConfigurableHTTPProxy.command = [os.environ["INTERLOOP_NODE"], f"--title={runtime}", os.environ["INTERLOOP_HUB_PROXY"]]
c.ConfigurableHTTPProxy.api_url = os.environ["INTERLOOP_HUB_PROXY_API_URL"]
c.ConfigurableHTTPProxy.pid_file = os.path.join(runtime, "proxy.pid")

c.JupyterHub.services = [{"name": "interloop", "api_token": os.environ["INTERLOOP_HUB_TOKEN"]}]
c.JupyterHub.load_roles = [
    {
        "name": "interloop",
        "services": ["interloop"],
        "scopes": ["servers!user=loops", "tokens!user=loops", "read:users!user=loops", "access:servers!user=loops"],
    }
]
