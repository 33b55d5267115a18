"""Ends a kernel in every way while something that a cell has started lives: how long it takes, and what is left."""
import json, os, signal, subprocess, sys, tempfile, time
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

program, bound = sys.argv[1], 10
ways = {
    "cmd.Start": 'import "os/exec"\nc := exec.Command("sleep", "777")\nc.Start()\nos.WriteFile("%s", fmt.Appendln(nil, c.Process.Pid), 0o644)',
    "background": "$ sleep 777 & echo $! >%s",
    "nohup": "$ nohup sleep 777 & echo $! >%s",
    "ignores SIGTERM": "$ sh -c 'trap \"\" TERM INT HUP; echo $$ >%s; while :; do sleep 777; done' &",
    "keeps writing": "$ sh -c 'echo $$ >%s; while :; do echo chatter; sleep 0.01; done' &",
}
if sys.platform == "linux":
    ways["setsid"] = "$ setsid sh -c 'echo $$ >%s; exec sleep 777' &"
checks = 0
folder = tempfile.mkdtemp()
log = os.path.join(folder, "log")


def want(ok, what):
    global checks
    checks += 1
    if not ok:
        sys.exit("not as expected: %r\n%s" % (what, open(log).read()))


def read(path):
    begun = time.time()
    while time.time() - begun < bound:
        if os.path.exists(path) and open(path).read().endswith("\n"):
            return int(open(path).read())
        time.sleep(0.01)
    sys.exit("nothing was started")


def lives(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


def until(f):
    begun = time.time()
    while not f() and time.time() - begun < bound:
        time.sleep(0.005)
    return time.time() - begun


class Kernel:
    def __init__(self, **env):
        self.km = KernelManager()
        self.km._kernel_spec = KernelSpec(argv=[program, "kernel", "{connection_file}"], language="go", display_name="Go", interrupt_mode="message")
        self.km.start_kernel(stderr=open(log, "w"), env=dict(os.environ, **env))
        self.process = self.km.provisioner.process
        self.kc = self.km.client()
        self.kc.start_channels()
        self.kc.wait_for_ready(timeout=60)

    def reply(self, i, timeout=60):
        while True:
            m = self.kc.get_shell_msg(timeout=timeout)
            if m["parent_header"].get("msg_id") == i:
                return m["content"]

    def run(self, code):
        return self.reply(self.kc.execute(code))

    def ended(self):
        return self.process.poll() is not None

    def close(self):
        self.kc.stop_channels()
        if not self.ended():
            self.process.kill()
            self.process.wait()


def start(way, k=None):
    k = k or Kernel()
    file = os.path.join(folder, "pid")
    if os.path.exists(file):
        os.remove(file)
    r = k.run(ways[way] % file)
    want(r["status"] == "ok", r)
    return k, read(file)


few = ["cmd.Start", "ignores SIGTERM"]
lasting = Kernel()
for event, ways_of in {"shutdown": ways, "SIGTERM": few, "SIGHUP": few, "restart": few, "death of the worker": ways}.items():
    for way in ways_of:
        k, pid = start(way, lasting if event.startswith("death") else None)
        begun = time.time()
        if event == "shutdown":
            k.kc.shutdown()
            until(k.ended)
        elif event.startswith("SIG"):
            k.process.send_signal(getattr(signal, event))
            until(k.ended)
        elif event == "restart":
            k.km.restart_kernel(now=False)
            want(k.process.returncode == 0, ("it ended by", k.process.returncode))
            k.process = k.km.provisioner.process
        else:
            i = k.kc.execute("import \"syscall\"\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)")
            r = k.reply(i, bound)
            want(r["ename"] == "fatal" and any("(pid %d)" % pid in line for line in r["traceback"]), r)
        took = time.time() - begun
        print("%-20s %-16s %.2f s" % (event, way, took))
        want(took < bound, (event, way, took))
        until(lambda: not lives(pid))
        want(not lives(pid), (event, way, "lives on"))
        if event == "shutdown" or event.startswith("SIG"):
            want(k.ended() and k.process.returncode == 0, k.process.returncode)
            want("ended what cells had started: " in open(log).read() and "(pid %d)" % pid in open(log).read(), (event, way, "not named"))
        elif event == "restart":
            k.kc.wait_for_ready(timeout=60)
            want(k.run("1 + 1")["status"] == "ok", "a cell after a restart")
        else:
            want(k.run("1 + 1")["status"] == "ok", "a cell after a death")
            continue
        k.close()
lasting.close()

# a hangup that is to be ignored is
before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
k = Kernel()
signal.signal(signal.SIGHUP, before)
k.process.send_signal(signal.SIGHUP)
time.sleep(0.3)
want(k.run("1 + 1")["status"] == "ok", "a cell after a hangup under nohup")
k.close()

# workers that die while they start
luck = os.path.join(folder, "luck")
open(luck, "w").close()
k = Kernel(FOURM_TEST_DIES_EARLY=luck)
kill = "import \"syscall\"\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)"
open(luck, "w").write("xx")
want(k.run(kill)["ename"] == "fatal", "a death")
want(k.run("1 + 1")["status"] == "ok", "a cell after two deaths of workers")
open(luck, "w").write("x" * 6)
want(k.run(kill)["ename"] == "fatal", "a death")
r = k.run("1 + 1")
want(r["status"] == "error" and "no luck today" in r["evalue"] and "has not run" in r["evalue"], r)
want(k.run("1 + 1")["status"] == "ok", "a cell after six deaths of workers")
open(luck, "w").write("x" * 6)
want(k.run(kill)["ename"] == "fatal", "a death")
k.kc.shutdown()
until(k.ended)
want(k.process.returncode == 0, k.process.returncode)
k.close()


# a connection file by hand
def connect(ip):
    path = os.path.join(folder, "kernel.json")
    ports = {p + "_port": 42000 + os.getpid() % 20000 + i for i, p in enumerate(["shell", "control", "stdin", "iopub", "hb"])}
    with open(path, "w") as f:
        json.dump(dict(ports, transport="tcp", ip=ip, key="", signature_scheme="hmac-sha256"), f)
    return path


open(luck, "w").write("x" * 99)
p = subprocess.run([program, "kernel", connect("127.0.0.1")], stderr=subprocess.PIPE, timeout=60, env=dict(os.environ, FOURM_TEST_DIES_EARLY=luck))
want(p.returncode == 1 and b"the key is empty" in p.stderr and b"no luck today" in p.stderr, p)
p = subprocess.run([program, "kernel", connect("0.0.0.0")], stderr=subprocess.PIPE, timeout=60)
want(p.returncode == 1 and b"the key is empty" in p.stderr and b"can be reached from other machines" in p.stderr, p)
print(checks, "checks")
