"""Runs cells in the real gophernotes with the lab's packages."""
import sys, time
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

km = KernelManager()
km._kernel_spec = KernelSpec(argv=[sys.argv[1], "{connection_file}"], language="go", display_name="Go", interrupt_mode="signal")
begun = time.time()
km.start_kernel()
kc = km.client()
kc.start_channels()
kc.wait_for_ready(timeout=60)
print("ready %.0f ms" % ((time.time() - begun) * 1e3))


def run(code, interrupt=None):
    i = kc.execute(code)
    if interrupt:
        time.sleep(interrupt)
        km.interrupt_kernel()
    out = []
    while True:
        m = kc.get_iopub_msg(timeout=30)
        if m["parent_header"].get("msg_id") != i:
            continue
        if m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
            break
        out.append((m["msg_type"], m["content"]))
    return out


def want(ok, what):
    if not ok:
        km.shutdown_kernel(now=True)
        sys.exit("not as expected: %r" % (what,))


def result(out):
    return [c["data"] for k, c in out if k == "execute_result"]


out = run('import (\n"fmt"\n"fourmlab/fourm"\n)')
want(not [c for k, c in out if k == "error"], out)
out = run('fourm.Lookup("rgb")')
want("rgb" in result(out)[0]["text/plain"], out)
out = run('fourm.Lookup("rgbb")')
want("did you mean" in str([c for k, c in out if k == "error"]), out)
out = run('s := fourm.Sample{Key: "a"}\ns')
want("sample a" in result(out)[0]["text/plain"], out)
out = run('''type mine struct { n int }
func (m mine) Len() int { return m.n }
func (m mine) Sample(i int) (fourm.Sample, error) { return fourm.Sample{Key: fmt.Sprint(i)}, nil }
var d fourm.Data = mine{3}
d.Len()''')
want(result(out) and result(out)[0]["text/plain"] == "3", out)
out = run('import "fourmlab/datasets"\nds := datasets.Scenes(8, 1)\nds.MustSample(0)')
want("rgb" in str(result(out)), out)
out = run('tok := fourm.TrainTokenizer(ds, "rgb", fourm.VQ{Vocab: 16, Steps: 10})\ntok')
want([k for k, c in out if k.endswith("display_data")][:2] == ["display_data", "update_display_data"], out)
begun = time.time()
out = run('fourm.TrainTokenizer(ds, "rgb", fourm.VQ{Vocab: 16, Steps: 100000})', interrupt=2)
want(time.time() - begun < 4, "interrupt of a long call")

# SIGINT: idle it does nothing, in a loop it ends the loop, variables stay
out = run('x := 41')
km.interrupt_kernel()
time.sleep(0.3)
begun = time.time()
out = run('for { x++; x-- }', interrupt=0.5)
want(time.time() - begun < 2, "interrupt of a loop")
out = run('x')
want(result(out)[0]["text/plain"] in ("41", "42"), out)
km.shutdown_kernel(now=True)
print("ok")
