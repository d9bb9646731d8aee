# A JupyterHub that starts a server for each session of a loop. The loop authenticates as a service with few rights.
import os

c = get_config()  # noqa: F821

c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.JupyterHub.allow_named_servers = True
c.JupyterHub.named_server_limit_per_user = 20

c.JupyterHub.services = [{"name": "interloop", "api_token": os.environ["INTERLOOP_HUB_TOKEN"]}]
c.JupyterHub.load_roles = [
    {
        "name": "interloop",
        "services": ["interloop"],
        # Of the one user, not of all: start, watch and stop servers, and use them.
        "scopes": ["servers!user=loops", "tokens!user=loops", "read:users!user=loops", "access:servers!user=loops"],
    }
]

c.KubeSpawner.image = "registry.example/interloop-kernels:1"
c.KubeSpawner.extra_pod_config = {"runtimeClassName": "gvisor", "enableServiceLinks": False}
c.KubeSpawner.automount_service_account_token = False
c.KubeSpawner.cpu_limit = 2
c.KubeSpawner.mem_limit = "4G"
c.KubeSpawner.allow_privilege_escalation = False
