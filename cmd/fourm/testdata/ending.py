"""Start a kernel, train in a cell, end the kernel, and look at what is kept.

usage: ending.py shutdown|SIGTERM|SIGHUP|SIGKILL|restart FOLDER COMMAND ...   ("{connection_file}" is filled in)
Prints the seconds that the end took.
"""
import os, signal, sys, time
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

way, folder, argv = sys.argv[1], sys.argv[2], sys.argv[3:]
km = KernelManager()
km._kernel_spec = KernelSpec(argv=argv, display_name="x", language="go", interrupt_mode="message")
km.start_kernel()
kc = km.client()
kc.start_channels()
kc.wait_for_ready(timeout=60)
msg = kc.execute('''import ("fourmlab/fourm"; "fourmlab/datasets"; "fourmlab/viz")
ds := datasets.Scenes(40, 1)
fourm.TrainTokenizer(ds, "depth", fourm.VQ{Vocab: 16, Steps: 2, Dim: 16, Latent: 4, Batch: 4})
fourm.TrainVocabulary(ds)
cfg := fourm.Tiny("depth", "caption")
cfg.Dim, cfg.Encoder, cfg.Decoder = 32, 1, 1
run := fourm.New(cfg).Train(ds, fourm.Train{Steps: 1000000, ValEvery: 1000000, Batch: 4, Mask: fourm.Mask{In: 16, Out: 16}, Dir: "%s"})
''' % folder)
while True:
    m = kc.get_iopub_msg(timeout=60)
    c = m["content"]
    if m["msg_type"] == "error":
        sys.exit(c["evalue"])
    if "data" in c and "/1000000 " in c["data"].get("text/plain", ""):
        break
began = time.time()
if way == "shutdown":
    km.shutdown_kernel(now=False)
elif way == "restart":
    km.restart_kernel(now=False)
else:
    process = km.provisioner.process
    os.kill(process.pid, getattr(signal, way))
    process.wait(timeout=30)
print("%.2f" % (time.time() - began))
kc.stop_channels()
if way == "restart":
    km.shutdown_kernel(now=True)
