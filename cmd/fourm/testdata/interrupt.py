"""Start a kernel, train in a cell, interrupt it, and look at what is kept.

usage: interrupt.py message|signal COMMAND ...   ("{connection_file}" is filled in)
Prints one line a check; exits 1 when one fails.
"""
import sys, time
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

mode, argv = sys.argv[1], sys.argv[2:]
km = KernelManager()
km._kernel_spec = KernelSpec(argv=argv, display_name="x", language="go", interrupt_mode=mode)
km.start_kernel()
kc = km.client()
kc.start_channels()
kc.wait_for_ready(timeout=60)

def run(code, on_output=None, timeout=120):
    msg = kc.execute(code)
    text, failed, shown = "", False, 0
    while True:
        m = kc.get_iopub_msg(timeout=timeout)
        if m["parent_header"].get("msg_id") != msg:
            continue
        kind, c = m["msg_type"], m["content"]
        if kind == "stream":
            text += c["text"]
        elif kind in ("execute_result", "display_data", "update_display_data"):
            shown += 1
            text += c["data"].get("text/plain", "")
            if on_output:
                on_output(text)
        elif kind == "error":
            failed = True
            text += c["ename"] + ": " + c["evalue"]
        elif kind == "status" and c["execution_state"] == "idle":
            return text, failed

bad = 0
def check(what, ok, more=""):
    global bad
    bad += not ok
    print(("ok   " if ok else "FAIL ") + what, more)

out, failed = run('''
import ("fmt"; "fourmlab/fourm"; "fourmlab/datasets"; "fourmlab/viz")
ds := datasets.Scenes(40, 1)
''')
check("a cell imports the lab", not failed, out)
out, failed = run('''fourm.TrainTokenizer(ds, "depth", fourm.VQ{Vocab: 16, Steps: 2, Dim: 16, Latent: 4, Batch: 4})
fourm.TrainVocabulary(ds)
cfg := fourm.Tiny("depth", "caption")
cfg.Dim, cfg.Encoder, cfg.Decoder = 32, 1, 1
m := fourm.New(cfg)
''')
check("tokenizers and a model", not failed, out[-200:])

began = []
def stop(text):
    if "step " in text and not began:
        began.append(time.time())
        km.interrupt_kernel()
out, failed = run('run := m.Train(ds, fourm.Train{Steps: 1000000, Batch: 4, Mask: fourm.Mask{In: 16, Out: 16}})\n', stop)
took = time.time() - began[0] if began else 1e9
check("an interrupt ends training within a second", began and took < 1.5, "%.2f s %s" % (took, "" if began else out))
out, failed = run('fmt.Println(run.Interrupted, len(run.Points) > 0)\n')
check("the variables are kept", out.strip().startswith("true true"), out)
out, failed = run('fourm.Lookup("dept")\n')
check("a panic is one line", failed and "did you mean" in out and "\n" not in out.strip(), out)
out, failed = run('1 + 1\n')
check("the kernel lives", not failed and "2" in out, out)
kc.stop_channels()
km.shutdown_kernel(now=True)
sys.exit(1 if bad else 0)
