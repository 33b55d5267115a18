"""A front end in small: it starts the kernel of the first argument and talks to it."""
import os, sys, time
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

km = KernelManager(transport=os.environ.get("FRONT_TRANSPORT", "tcp"))
km._kernel_spec = KernelSpec(argv=[sys.argv[1], "kernel", "{connection_file}"], language="go",
                             display_name="Go", interrupt_mode=sys.argv[2] if len(sys.argv) > 2 else "message")
begun = time.time()
km.start_kernel(stderr=open(os.environ["FRONT_LOG"], "w") if "FRONT_LOG" in os.environ else None)
kc = km.client()
kc.start_channels()
kc.wait_for_ready(timeout=60)
print("ready %.0f ms" % ((time.time() - begun) * 1e3))
checks = 0


def reply(msg_id, channel=None, timeout=20):
    channel = channel or kc.get_shell_msg
    while True:
        m = channel(timeout=timeout)
        if m["parent_header"].get("msg_id") == msg_id:
            return m


def messages(msg_id, timeout=20):
    out = []
    while True:
        m = kc.get_iopub_msg(timeout=timeout)
        if m["parent_header"].get("msg_id") != msg_id:
            continue
        out.append(m)
        if m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
            return out


def outputs(msg_id, timeout=20):
    return [(m["msg_type"], m["content"]) for m in messages(msg_id, timeout)]


def run(code, **kw):
    i = kc.execute(code, **kw)
    r = reply(i)["content"]
    return r, outputs(i)


def kinds(out):
    return [k for k, c in out]


def content(out, kind):
    return [c for k, c in out if k == kind]


def want(ok, what):
    global checks
    checks += 1
    if not ok:
        km.shutdown_kernel(now=True)
        sys.exit("not as expected: %r" % (what,))


def done():
    print(checks, "checks")
