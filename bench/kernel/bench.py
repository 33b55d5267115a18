"""Our kernel beside ipykernel and gophernotes, as a front end sees them: one
table of times, and of how many times longer the others take. "make
bench-kernel" runs it; arguments are the kernels to run. Each number is the
best of three rounds, for others may use the machine.
"""
import os, statistics, sys, time
import zmq
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNELS = {
    "fourm": [ROOT + "/bin/fourm", "kernel", "{connection_file}"],
    "ipykernel": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "gophernotes": [ROOT + "/bin/gophernotes", "{connection_file}"],
}

NOWHERE = open(os.devnull, "w")

# The same work in each kernel's language; gophernotes needs some of it said
# otherwise. A cell that a kernel lacks or cannot run makes a "-".
PACKAGES = ["bufio", "bytes", "container/heap", "context", "crypto/sha256", "encoding/base64", "encoding/csv", "encoding/json", "errors", "io",
            "math", "math/rand", "net/http", "net/url", "os", "path/filepath", "regexp", "sort", "strconv", "sync"]
MODULES = ["array", "base64", "bisect", "collections", "csv", "datetime", "decimal", "functools", "hashlib", "heapq",
           "http.client", "itertools", "json", "logging", "math", "random", "re", "statistics", "string", "urllib.request"]
GO = {
    "start": 'import ("fmt"; "strings"; "time")\n_, _, _ = fmt.Sprint, strings.ToUpper, time.Now',
    "add": "1+1",
    "imports": ['import "%s"' % p for p in PACKAGES],
    "cell": "v%d := %d + 1",
    "lab": 'fourm.Lookup("rgb")',
    "lines": "for i := 0; i < 100000; i++ { fmt.Println(i) }",
    # Of noise and not compressed, so that nobody gets away with less.
    "data": 'import ("bytes"; "image"; "image/png"; "math/rand")\nnoise := image.NewNRGBA(image.Rect(0, 0, 1619, 1619))\nrand.New(rand.NewSource(1)).Read(noise.Pix)\n'
            'var file bytes.Buffer\n(&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&file, noise)\nfile.Len()',
    "figure": "display.PNG(file.Bytes())",
    "complete": "strings.ToU",
    "loop": "sum := 0\nfor i := 0; i < 10000000; i++ { sum += i }\nsum",
    "fib": "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }",
    "fib call": "fib(25)",
    "method": "type counter struct{ n int }\nfunc (c *counter) add(k int) { c.n += k }",
    "method call": "c := &counter{}\nfor i := 0; i < 1000000; i++ { c.add(i) }\nc.n",
}
CELLS = {
    "fourm": GO,
    "gophernotes": dict(GO, start='import ("fmt"; "strings"; "time")', lab='import "fourmlab/fourm"\nfourm.Lookup("rgb")'),
    "ipykernel": {
        "start": "import os, time",
        "add": "1+1",
        "imports": ["import %s" % m for m in MODULES],
        "cell": "v%d = %d + 1",
        "lines": "for i in range(100000): print(i)",
        "data": "import random\nfrom IPython.display import Image\nimage = b'\\x89PNG\\r\\n\\x1a\\n' + random.Random(1).randbytes((10 << 20) - 8)\nlen(image)",
        "figure": "Image(image, format='png')",
        "complete": "os.path.ex",
        "loop": "total = 0\nfor i in range(10000000): total += i\ntotal",
        "fib": "def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)",
        "fib call": "fib(25)",
        "method": "class Counter:\n    def __init__(self): self.n = 0\n    def add(self, k): self.n += k",
        "method call": "c = Counter()\nfor i in range(1000000): c.add(i)\nc.n",
    },
}


class Session:
    """One running kernel."""

    def __init__(self, name):
        self.cells = CELLS[name]
        self.km = KernelManager()
        self.km._kernel_spec = KernelSpec(argv=KERNELS[name], language="x", display_name="x", interrupt_mode="signal")
        self.km.start_kernel(stdout=NOWHERE, stderr=NOWHERE)
        kc = self.km.client()
        kc.start_channels()
        kc.wait_for_ready(timeout=60)
        # Plain sockets: the client's own loop takes longer than some kernels.
        self.session, context = kc.session, zmq.Context.instance()
        self.shell, self.iopub = context.socket(zmq.DEALER), context.socket(zmq.SUB)
        self.iopub.subscribe(b"")
        self.iopub.rcvhwm = 0
        for socket, channel in (self.shell, "shell"), (self.iopub, "iopub"):
            socket.linger = 0
            socket.connect(kc._make_url(channel))
        kc.stop_channels()
        while self.iopub.poll(500):
            self.receive(self.iopub, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shell.close(), self.iopub.close()
        self.km.shutdown_kernel(now=True)

    def receive(self, socket, timeout):
        if not socket.poll(1000 * timeout):
            raise TimeoutError("no answer in %d s" % timeout)
        return self.session.recv(socket, mode=0)[1]

    def ask(self, kind, content, timeout=20):
        """Sends a request; gives its id, the answer, and the seconds between."""
        begun = time.perf_counter()
        i = self.session.send(self.shell, kind, content)["header"]["msg_id"]
        while True:
            m = self.receive(self.shell, timeout)
            if m["parent_header"].get("msg_id") == i:
                return i, m["content"], time.perf_counter() - begun

    def run(self, code, timeout=120):
        """Runs a cell; gives its outputs, and the seconds until its reply and until idle."""
        begun = time.perf_counter()
        i, c, replied = self.ask("execute_request", {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}, timeout)
        if c["status"] != "ok":
            raise RuntimeError("%s: %s" % (code[:60], c.get("evalue")))
        out = []
        while True:
            m = self.receive(self.iopub, timeout)
            if m["parent_header"].get("msg_id") != i:
                continue
            if m["content"].get("execution_state") == "idle":
                return out, replied, time.perf_counter() - begun
            out.append((m["msg_type"], m["content"]))

    def memory(self):
        """Resident bytes of the kernel and its children, in MB."""
        tree, total = {self.km.provisioner.process.pid}, 0
        for pid in sorted(int(p) for p in os.listdir("/proc") if p.isdigit()):
            try:
                with open("/proc/%d/stat" % pid) as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
                if parent in tree or pid in tree:
                    tree.add(pid)
                    with open("/proc/%d/statm" % pid) as f:
                        total += int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            except OSError:
                pass
        return total / 1e6


def ready(name):
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        km = KernelManager()
        km._kernel_spec = KernelSpec(argv=KERNELS[name], language="x", display_name="x", interrupt_mode="signal")
        km.start_kernel(stdout=NOWHERE, stderr=NOWHERE)
        kc = km.client()
        kc.start_channels(iopub=False, stdin=False, hb=False)
        kc.kernel_info()
        kc.get_shell_msg(timeout=60)
        times.append(time.perf_counter() - begun)
        kc.stop_channels()
        km.shutdown_kernel(now=True)
    return 1e3 * min(times)


def small(s, n=150):
    for _ in range(20):
        s.run(s.cells["add"])
    rounds = [sorted(s.run(s.cells["add"])[1] for _ in range(n)) for _ in range(3)]
    return tuple(1e3 * min(times[i] for times in rounds) for i in (n // 2, n * 99 // 100))


def best(s, cell, n=3):
    return 1e3 * min(s.run(s.cells[cell])[1] for _ in range(n))


def measure(name):
    """All rows of a kernel; what fails is left out."""
    rows = {}

    def row(*keys):
        def put(f):
            try:
                got = f()
                for k, v in zip(keys, got if isinstance(got, tuple) else (got,)):
                    rows[k] = v
            except Exception as e:
                print("%s: %s: %s %s" % (name, keys[0], type(e).__name__, e), file=sys.stderr)
        return put

    row("ready, ms")(lambda: ready(name))
    with Session(name) as s:
        row("memory at start, MB")(s.memory)
        row("1+1, median ms", "1+1, p99 ms")(lambda: small(s))
        row("first use of fourm, ms")(lambda: 1e3 * s.run(s.cells["lab"])[1]) if "lab" in s.cells else None
        s.run(s.cells["start"])

        @row("100,000 lines, ms", "the same, messages", "the same, lines lost")
        def _():
            runs = []
            for _ in range(3):
                out, _, idle = s.run(s.cells["lines"])
                texts = [c["text"] for k, c in out if k == "stream"]
                runs.append((1e3 * idle, len(texts), 100000 - "".join(texts).count("\n")))
            return min(runs)

        @row("10 MB figure, ms")
        def _():
            s.run(s.cells["data"])
            runs = []
            for _ in range(3):
                out, _, idle = s.run(s.cells["figure"])
                if max(len(c["data"].get("image/png", "")) for k, c in out if k in ("execute_result", "display_data")) < 10 << 20:
                    raise RuntimeError("no picture came")
                runs.append(1e3 * idle)
            return min(runs)

        @row("completion, median ms")
        def _():
            times = []
            for _ in range(150):
                _, c, took = s.ask("complete_request", {"code": s.cells["complete"], "cursor_pos": len(s.cells["complete"])})
                times.append(took)
                if not c["matches"]:
                    raise RuntimeError("no matches")
            return 1e3 * min(statistics.median(times[i:i + 50]) for i in (0, 50, 100))

        row("loop of 10 million, ms")(lambda: best(s, "loop"))
        row("fib(25), ms")(lambda: (s.run(s.cells["fib"]), best(s, "fib call"))[1:])
        row("1 million method calls, ms")(lambda: (s.run(s.cells["method"]), best(s, "method call"))[1:])
    with Session(name) as s:

        @row("1+1 after 20 imports and 500 cells, median ms", "the same, p99 ms")
        def _():
            for code in s.cells["imports"]:
                s.run(code)
            for i in range(500):
                s.run(s.cells["cell"] % (i, i))
            return small(s)
    with Session(name) as s:

        @row("growth by 2,000 cells, MB")
        def _():
            small(s, 50)
            before = s.memory()
            for i in range(2000):
                s.run(s.cells["cell"] % (i, i))
            return s.memory() - before
    return rows


def show(v):
    return "-" if v is None else "0" if v == 0 else "%.0f" % v if abs(v) >= 100 else "%.3g" % v


names = sys.argv[1:] or list(KERNELS)
table = {name: measure(name) for name in names}
keys = max(table.values(), key=len)
ours, others = names[0], names[1:]
print("load of the machine at the end: %.1f" % os.getloadavg()[0], file=sys.stderr)
print("| | " + " | ".join(names + ["%s / %s" % (o, ours) for o in others]) + " |")
print("|---" * (1 + len(names) + len(others)) + "|")
for k in keys:
    mine = table[ours].get(k)
    ratios = [show(table[o][k] / mine) if mine and k in table[o] else "-" for o in others]
    print("| %s | %s |" % (k, " | ".join([show(table[n].get(k)) for n in names] + ratios)))
