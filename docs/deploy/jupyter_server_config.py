# A Jupyter Server for interloop's jupyterExecutor. The token comes by the variable JUPYTER_TOKEN, never by a command line.
c = get_config()  # noqa: F821

c.ServerApp.ip = "0.0.0.0"
c.ServerApp.port = 8888
c.ServerApp.port_retries = 0
c.ServerApp.open_browser = False
c.ServerApp.root_dir = "/work"
c.ServerApp.terminals_enabled = False
c.ServerApp.allow_remote_access = True

# Output is bounded in the kernel. The server's own limits drop results, figures and errors without a word.
c.ZMQChannelsWebsocketConnection.iopub_msg_rate_limit = 0
c.ZMQChannelsWebsocketConnection.iopub_data_rate_limit = 0

# A kernel whose owner was killed ends here. By time alone: a line that broke while it was opened leaves a wrong count of
# connections behind, and such a kernel would stay for ever. Longer than the longest pause between two programs of a session.
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_interval = 60
c.MappingKernelManager.cull_connected = True
c.MappingKernelManager.cull_busy = False

# Connection files and sockets are files of one user; nothing listens on a port that another container could reach.
c.KernelManager.transport = "ipc"
