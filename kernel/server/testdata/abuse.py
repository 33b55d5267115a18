"""What no front end sends, on every socket; front ends that stall, or are killed."""
import os, signal, socket, struct, subprocess, sys, time
import zmq
from front import km, kc, reply, outputs, run, content, want, done

ctx = zmq.Context.instance()
key = kc.session
LOG = os.environ["FRONT_LOG"]
ports = {"shell": km.shell_port, "control": km.control_port, "stdin": km.stdin_port, "iopub": km.iopub_port, "hb": km.hb_port}


def dealer(name):
    s = ctx.socket(zmq.DEALER)
    s.linger, s.rcvtimeo, s.sndtimeo = 0, 20000, 20000
    s.connect(kc._make_url(name))
    return s


def alive(what):
    r, out = run("1+1")
    want(r["status"] == "ok" and content(out, "execute_result")[0]["data"]["text/plain"] == "2", what)


def signed(header=b'{"msg_type":"execute_request","msg_id":"m","session":"s"}', parent=b"{}", meta=b"{}", body=b'{"code":"evil := 1"}', extra=()):
    parts = [header, parent, meta, body]
    return [b"<IDS|MSG>", key.sign(parts)] + parts + list(extra)


good = signed()
deep = b'{"a":' * 100000 + b"1" + b"}" * 100000
bad = {
    "nothing": [b""],
    "no delimiter": [b"a", b"b", b"c"],
    "delimiter alone": [b"<IDS|MSG>"],
    "signature alone": good[:2],
    "truncated": good[:5],
    "empty frames": [b"<IDS|MSG>", b"", b"", b"", b"", b""],
    "no signature": [good[0], b""] + good[2:],
    "short signature": [good[0], good[1][:10]] + good[2:],
    "wrong signature": [good[0], b"0" * 64] + good[2:],
    "signature that is no hex": [good[0], b"\xff" * 64] + good[2:],
    "signature of other content": good[:5] + [b'{"code":"evil := 2"}'],
    "huge signature": [good[0], b"0" * (1 << 20)] + good[2:],
    "two delimiters": [b"<IDS|MSG>"] + good,
    "header is no JSON": signed(b"nope"),
    "header is a list": signed(b"[]"),
    "header is null": signed(b"null"),
    "header without type": signed(b'{"msg_id":"m"}'),
    "type is a number": signed(b'{"msg_type":5}'),
    "header is no UTF-8": signed(b'{"msg_type":"execute_request","msg_id":"\xff\xfe"}'),
    "huge header": signed(b'{"msg_type":"execute_request","msg_id":"' + b"x" * (1 << 20) + b'"}'),
    "header with much behind": signed(b'{"msg_type":"execute_request"} {}'),
    "content is a list": signed(body=b"[]"),
    "content is a string": signed(body=b'"code"'),
    "content is null": signed(body=b"null"),
    "content is nothing": signed(body=b""),
    "content is cut": signed(body=b'{"code":"evil := 3'),
    "content is deep": signed(body=deep),
    "4000 frames": [b"x"] * 4000,
}
for name in "shell", "control", "stdin":
    s = dealer(name)
    for what, frames in bad.items():
        s.send_multipart(frames)
    s.send_multipart(good if name == "stdin" else signed(b'{"msg_type":"kernel_info_request","msg_id":"%s"}' % name.encode(), body=b"{}"))
    if name != "stdin":
        want(b"kernel_info_reply" in b"".join(s.recv_multipart()), "%s answers behind all that" % name)
    s.close()
    alive(name)
r, out = run("evil")
want("undefined: evil" in r["evalue"], "a message that was not to be believed ran")

# the same message twice runs once
run("runs := 0")
s = dealer("shell")
again = signed(b'{"msg_type":"execute_request","msg_id":"again","session":"s"}', body=b'{"code":"runs++"}')
for _ in range(5):
    s.send_multipart(again)
s.recv_multipart()
want(content(run("runs")[1], "execute_result")[0]["data"]["text/plain"] == "1", "a replayed message")
s.close()

# a message of 100 MB is answered, with a refusal
s = dealer("shell")
s.send_multipart(signed(b'{"msg_type":"execute_request","msg_id":"big","session":"s"}', body=b'{"code":"' + b"x" * 100000000 + b'"}'))
want(b"at most" in b"".join(s.recv_multipart()), "100 MB")
s.send_multipart(signed(b'{"msg_type":"comm_msg","msg_id":"bigger","session":"s"}', body=b'{"comm_id":"x","data":{}}', extra=[bytes(100000000)]))
s.send_multipart([bytes(100000000)])
s.close()
alive("100 MB")

# what is no ZMTP, on every port, and connections that say nothing or half of it
greeting = b"\xff" + bytes(7) + b"\1\x7f\3\1NULL" + bytes(16) + bytes(32)


def ready(kind):
    body = b"\5READY\x0bSocket-Type" + struct.pack(">I", len(kind)) + kind
    return greeting + b"\4" + bytes([len(body)]) + body


held = []
for name, port in ports.items():
    kind = b"SUB" if name == "iopub" else b"DEALER"
    for payload in [b"GET / HTTP/1.0\r\n\r\n", os.urandom(5000), b"", greeting[:5], greeting, ready(b"PUSH"), ready(kind), ready(kind) + b"\2" + struct.pack(">Q", 1 << 62),
                    ready(kind) + b"\2" + struct.pack(">Q", 1 << 40), ready(kind) + b"\1\5ab", ready(kind) + b"\x04\x00", ready(kind) + b"\x00\x00" * 100, ready(kind) + os.urandom(5000)]:
        for close in True, False:
            c = socket.create_connection((km.ip, port), timeout=10)
            try:
                c.sendall(payload)
            except OSError:
                pass  # it was closed on us: good
            if close:
                c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                c.close()
            else:
                held.append(c)
alive("with %d connections held" % len(held))
want(km.client().hb_channel is not None and km.is_alive(), "alive")

# a front end that stops reading iopub: others get all, memory stays
stalled = socket.create_connection((km.ip, km.iopub_port))
stalled.sendall(ready(b"SUB") + b"\0\1\1")
time.sleep(0.3)
i = kc.execute('line := strings.Repeat("x", 99999)\nfor range 2000 { fmt.Println(line) }')
got, most = 0, 0
while True:
    m = kc.get_iopub_msg(timeout=30)
    if m["parent_header"].get("msg_id") != i:
        continue
    if m["msg_type"] == "stream":
        got += len(m["content"]["text"])
    with open("/proc/%d/statm" % km.provisioner.process.pid) as f:
        most = max(most, int(f.read().split()[1]) * 4096)
    if m["content"].get("execution_state") == "idle":
        break
reply(i)
want(got == 2000 * 100000, "%d bytes of a long output arrived" % got)
want(most < 1 << 30, "the kernel took %d MB" % (most >> 20))
alive("with a front end that does not read")
stalled.close()

# a front end that is killed in the middle of its cell
other = subprocess.Popen([sys.executable, "-c", """
import sys, time
from jupyter_client import BlockingKernelClient
kc = BlockingKernelClient(connection_file=sys.argv[1])
kc.load_connection_file()
kc.start_channels()
kc.wait_for_ready(timeout=30)
kc.execute('fmt.Println("begun")\\nfor range 50 { fmt.Println("on"); time.Sleep(10*time.Millisecond) }\\nkilled := true')
time.sleep(100)
""", km.connection_file])
while kc.get_iopub_msg(timeout=60)["content"].get("name") != "stdout":
    pass
other.kill()
other.wait()
want(content(run("killed")[1], "execute_result")[0]["data"]["text/plain"] == "true", "the cells of a killed front end")

# the log tells of all this in few lines
with open(LOG) as f:
    lines = f.read().splitlines()
want(0 < len(lines) < 100 and all(len(l) < 300 for l in lines) and not [l for l in lines if "panic" in l or "goroutine" in l], lines)

# a kernel ends when the process that started it is gone, and its worker too
owner = subprocess.Popen([sys.executable, "-c", """
import sys, time
sys.argv[1:] = sys.argv[1:2]
from front import km, run, content
print(km.provisioner.process.pid, content(run('import "os"\\nos.Getpid()')[1], "execute_result")[0]["data"]["text/plain"], flush=True)
time.sleep(100)
""", sys.argv[1]], stdout=subprocess.PIPE, cwd=os.path.dirname(os.path.abspath(__file__)), env=dict(os.environ, FRONT_LOG=LOG + ".2"))
owner.stdout.readline()
pids = [int(p) for p in owner.stdout.readline().split()]
owner.send_signal(signal.SIGKILL)
owner.wait()


def running(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


end = time.time() + 20
while any(map(running, pids)) and time.time() < end:
    time.sleep(0.1)
want(len(pids) == 2 and not any(map(running, pids)), "processes of a dead front end: %r" % pids)

kc.stop_channels()
km.shutdown_kernel()
done()
