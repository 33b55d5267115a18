"""Every message of the protocol, and every field of the answers."""
import os, signal, time
from queue import Empty
import zmq
from front import km, kc, reply, messages, outputs, run, kinds, content, want, done


def send(kind, body, channel=None, buffers=None, header=None):
    msg = kc.session.msg(kind, body)
    msg["header"].update(header or {})
    kc.session.send((channel or kc.shell_channel).socket, msg, buffers=buffers)
    return msg["header"]["msg_id"]


def quiet(channel, seconds=0.2):
    try:
        return channel(timeout=seconds)
    except Empty:
        return None


# a listener of its own is welcomed, and hears the others' messages
ctx = zmq.Context.instance()
listener = ctx.socket(zmq.SUB)
listener.linger, listener.rcvtimeo = 0, 10000
listener.connect(kc._make_url("iopub"))
listener.subscribe(b"")
frames = listener.recv_multipart()
welcome = kc.session.deserialize(frames[frames.index(b"<IDS|MSG>") + 1:])
want(welcome["msg_type"] == "iopub_welcome" and welcome["content"] == {"subscription": ""} and welcome["parent_header"] == {}, welcome)
i = kc.execute("1")
reply(i), outputs(i)
want(b'"execution_state":"busy"' in listener.recv_multipart()[-1], "the others' messages")
listener.close()

# headers: the kernel's own session, new ids, dates with fractions and a zone, the version
i = kc.execute("1+1")
r = reply(i)
out = messages(i)
heads = [r["header"]] + [m["header"] for m in out]
want(len({h["msg_id"] for h in heads}) == len(heads) and {h["session"] for h in heads} != {kc.session.session} and len({h["session"] for h in heads}) == 1, heads)
want(all(h["version"] == "5.4" and h["date"].microsecond + 1 and h["date"].tzinfo for h in heads), heads)
want(all(m["parent_header"]["msg_id"] == i and m["parent_header"]["session"] == kc.session.session for m in out + [r]), out)

# kernel_info on both channels, with all fields
for channel, get in [(kc.shell_channel, kc.get_shell_msg), (kc.control_channel, kc.get_control_msg)]:
    i = send("kernel_info_request", {}, channel)
    c = reply(i, get)["content"]
    want(c["status"] == "ok" and c["protocol_version"] == "5.4" and c["implementation"] and c["implementation_version"] and c["banner"], c)
    want({"name", "version", "mimetype", "file_extension", "pygments_lexer", "codemirror_mode", "nbconvert_exporter"} <= set(c["language_info"]), c)
    want(c["help_links"] and all(set(l) == {"text", "url"} for l in c["help_links"]) and c["debugger"] is False and c["supported_features"] == [], c)
    want(kinds(outputs(i)) == ["status", "status"], "busy and idle around it")

# execute: order, and the fields of all replies
i = kc.execute('fmt.Println("a")\n7')
c = reply(i)["content"]
out = outputs(i)
n = c["execution_count"]
want(c == {"status": "ok", "execution_count": n, "payload": [], "user_expressions": {}}, c)
want(kinds(out) == ["status", "execute_input", "stream", "execute_result", "status"] and out[0][1] == {"execution_state": "busy"} and out[-1][1] == {"execution_state": "idle"}, out)
want(out[1][1] == {"code": 'fmt.Println("a")\n7', "execution_count": n} and out[3][1] == {"data": {"text/plain": "7"}, "metadata": {}, "execution_count": n}, out)
want(out[2][1] == {"name": "stdout", "text": "a\n"}, out)
r, out = run("nope")
want(r["status"] == "error" and r["execution_count"] == n + 1 and r["ename"] and r["evalue"] and all(isinstance(l, str) for l in r["traceback"]), r)
want(kinds(out) == ["status", "execute_input", "error", "status"] and set(out[2][1]) == {"ename", "evalue", "traceback"}, out)
n += 1
r, out = run('fmt.Println("quiet")\n1', silent=True)
want(r["execution_count"] == n and kinds(out) == ["status", "stream", "status"], (r, out))
r, out = run("2", store_history=False)
want(r["execution_count"] == n and content(out, "execute_input")[0]["execution_count"] == n and content(out, "execute_result"), (r, out))
r, out = run("", store_history=True)
want(r["status"] == "ok" and not content(out, "execute_result"), (r, out))
n += 1
r, out = run("v := 3", user_expressions={"a": "v * 2", "b": "nope", "c": 'display.HTML("x")'})
x = r["user_expressions"]
want(x["a"] == {"status": "ok", "data": {"text/plain": "6"}, "metadata": {}} and x["b"]["status"] == "error" and x["b"]["ename"] and x["c"]["data"]["text/html"] == "x", x)
n += 1

# what is queued is aborted by an error, or is not
for stop, wanted in [(True, ["error", "aborted", "aborted", "ok"]), (False, ["error", "ok", "ok", "ok"])]:
    ids = [kc.execute("time.Sleep(100*time.Millisecond)\npanic(1)", stop_on_error=stop), kc.execute("1"), kc.execute("2"), None]
    ids[3] = send("kernel_info_request", {})
    got = [reply(i)["content"]["status"] for i in ids]
    want(got == wanted, (stop, got))
    outputs(ids[3])

# requests with fields missing or of the wrong type: an error or an answer, and busy and idle
wrong = {
    "execute_request": [{}, {"code": 5}, {"code": None}, {"code": "1", "silent": "yes"}, {"code": "1", "user_expressions": [1]}, {"code": "1", "user_expressions": {"a": 5}}],
    "complete_request": [{}, {"code": []}, {"code": "x", "cursor_pos": "2"}, {"code": "x", "cursor_pos": -5}, {"code": "x", "cursor_pos": 1 << 40}, {"code": "x", "cursor_pos": 1.5}, {"code": "x", "cursor_pos": None}],
    "inspect_request": [{}, {"code": {}}, {"code": "x", "cursor_pos": -1}, {"code": "x", "cursor_pos": 99, "detail_level": "much"}],
    "is_complete_request": [{}, {"code": 1}],
    "history_request": [{}, {"hist_access_type": 3}, {"hist_access_type": "none"}, {"hist_access_type": "tail", "n": -1}, {"hist_access_type": "tail", "n": 1 << 60}, {"hist_access_type": "tail", "n": "x"},
                        {"hist_access_type": "range", "start": "a"}, {"hist_access_type": "search", "pattern": "[(*"}, {"hist_access_type": "search", "pattern": None, "n": None}],
    "comm_info_request": [{}, {"target_name": 5}, {"target_name": None}],
    "kernel_info_request": [{"a": [1, 2]}],
    "interrupt_request": [{"a": 1}],
}
for kind, bodies in wrong.items():
    for body in bodies:
        i = send(kind, body)
        c = reply(i)["content"]
        want(c["status"] in ("ok", "error", "complete", "incomplete", "invalid") and (c["status"] != "error" or c["ename"] and c["evalue"]), (kind, body, c))
        want([c["execution_state"] for c in content(outputs(i), "status")] == ["busy", "idle"], (kind, body))
for kind in ["comm_open", "comm_msg", "comm_close"]:
    for body in [{}, {"comm_id": 5}, {"comm_id": "x", "data": "text"}, {"comm_id": None, "target_name": [], "data": None}, {"comm_id": "x", "data": None}]:
        want([c["execution_state"] for c in content(outputs(send(kind, body)), "status")] == ["busy", "idle"], (kind, body))
for channel in kc.shell_channel, kc.control_channel:
    for kind in ["nonsense", "create_subshell_request", "execute_reply", "x" * 3000, "päckchen", "input_reply"]:
        want(kinds(outputs(send(kind, {}, channel))) == ["status", "status"], kind)
for body in [{}, {"value": 5}, {"value": "unasked"}]:
    send("input_reply", body, kc.stdin_channel)
i = send("debug_request", {"type": "request", "seq": 7, "command": "initialize", "arguments": {}}, kc.control_channel)
c = reply(i, kc.get_control_msg)["content"]
want(c["success"] is False and c["request_seq"] == 7 and c["command"] == "initialize" and "debugger" in c["message"], c)

# history
start = run("h := 1")[0]["execution_count"]
for code in ["h + 1", "h + 2", "h + 1", "// ü\nh"]:
    run(code)


def history(**kw):
    return reply(send("history_request", kw))["content"]["history"]


lines = [[0, start + k, code] for k, code in enumerate(["h := 1", "h + 1", "h + 2", "h + 1", "// ü\nh"])]
want(history(hist_access_type="tail", n=5) == lines and history(hist_access_type="tail", n=0) == [], "tail")
want(history(hist_access_type="tail", n=2, output=True) == [[0, start + 3, ["h + 1", "2"]], [0, start + 4, ["// ü\nh", "1"]]], "tail with output")
want(history(hist_access_type="range", session=0, start=start + 1, stop=start + 3) == lines[1:3] and history(hist_access_type="range", session=0, start=start + 1) == lines[1:], "range")
want(history(hist_access_type="range", session=-1, start=0, stop=9) == [], "range of another session")
want(history(hist_access_type="search", pattern="h + ?") == lines[1:4] and history(hist_access_type="search", pattern="h + *", unique=True) == lines[2:4], "search")
want(history(hist_access_type="search", pattern="*ü*") == [lines[4]] and history(hist_access_type="search", pattern="h*", n=1) == [lines[3]], "search")

# completion and inspection count in characters, is_complete
i = kc.complete('s := "é😀"; strings.ToU', 22)
c = reply(i)["content"]
want(c["status"] == "ok" and c["cursor_start"] == 19 and c["cursor_end"] == 22 and "ToUpper" in c["matches"] and [m["text"] for m in c["metadata"]["_jupyter_types_experimental"]] == c["matches"], c)
i = kc.inspect("strings.ToUpper", 12)
c = reply(i)["content"]
want(c["status"] == "ok" and c["found"] and c["data"]["text/plain"] and c["metadata"] == {}, c)
c = reply(kc.inspect("nothingHere", 3))["content"]
want(c == {"status": "ok", "found": False, "data": {}, "metadata": {}}, c)
c = reply(kc.is_complete("for {"))["content"]
want(c["status"] == "incomplete" and c["indent"].isspace(), c)
want(reply(kc.is_complete("1"))["content"] == {"status": "complete"} and reply(kc.is_complete(")"))["content"] == {"status": "invalid"}, "is_complete")

# comms with buffers, both ways
r, out = run('display.OnComm("bytes", func(c *display.Comm, data map[string]any) {\n\tc.OnMessage(func(data map[string]any) {\n\t\tb := c.Buffers()\n\t\tc.Send(map[string]any{"n": len(b)}, append(b[0], 255), b[1])\n\t})\n})')
want(r["status"] == "ok", r)
outputs(send("comm_open", {"comm_id": "b", "target_name": "bytes", "data": {}}))
i = send("comm_msg", {"comm_id": "b", "data": {}}, buffers=[b"\0\1", b""])
back = [m for m in messages(i) if m["msg_type"] == "comm_msg"]
want(len(back) == 1 and back[0]["content"]["data"] == {"n": 2} and [bytes(b) for b in back[0]["buffers"]] == [b"\0\1\xff", b""], back)
want(reply(kc.comm_info())["content"]["comms"] == {"b": {"target_name": "bytes"}} and reply(kc.comm_info(target_name="other"))["content"]["comms"] == {}, "comm_info")
outputs(send("comm_close", {"comm_id": "b", "data": {}}))

# stdin: the question goes to who asked the cell, under its message
i = kc.execute('display.Password("p? ")', allow_stdin=True)
q = kc.get_stdin_msg(timeout=20)
want(q["msg_type"] == "input_request" and q["content"] == {"prompt": "p? ", "password": True} and q["parent_header"]["msg_id"] == i, q)
kc.input("sécret")
reply(i)
want(content(outputs(i), "execute_result")[0]["data"]["text/plain"] == "sécret", "the answer")

# SIGINT and interrupt_request while nothing runs do nothing, and the next cell is whole
for _ in range(3):
    km.provisioner.process.send_signal(signal.SIGINT)
    reply(send("interrupt_request", {}, kc.control_channel), kc.get_control_msg)
time.sleep(0.2)
r, out = run("for i := 0; i < 1000; i++ { }\n5")
want(r["status"] == "ok" and content(out, "execute_result")[0]["data"]["text/plain"] == "5", r)

# control and heartbeat answer while a cell runs, and an interrupt ends it
i = kc.execute("for { }")
time.sleep(0.3)
want(reply(send("kernel_info_request", {}, kc.control_channel), kc.get_control_msg)["content"]["status"] == "ok", "control while a cell runs")
beat = ctx.socket(zmq.REQ)
beat.linger, beat.rcvtimeo = 0, 10000
beat.connect(kc._make_url("hb"))
beat.send(b"ping")
want(beat.recv() == b"ping", "heartbeat while a cell runs")
want(reply(send("interrupt_request", {}, kc.control_channel), kc.get_control_msg)["content"] == {"status": "ok"}, "interrupt_reply")
want(reply(i)["content"]["ename"] == "interrupted", "interrupted")
outputs(i)

# what a goroutine prints after its cell comes under its cell, also behind a silent one
i = kc.execute('go func() { time.Sleep(400*time.Millisecond); fmt.Println("late") }()')
reply(i), outputs(i)
run("1", silent=True)
m = kc.get_iopub_msg(timeout=20)
want(m["msg_type"] == "stream" and m["content"]["text"] == "late\n" and m["parent_header"]["msg_id"] == i, m)

# what a goroutine prints and shows comes under the cell that started it, also
# while a later one runs
early = kc.execute('go func() { for i := range 6 { time.Sleep(50*time.Millisecond); fmt.Println("late", i) }; display.Show("shown late") }()')
later = kc.execute('for i := range 8 { time.Sleep(50*time.Millisecond); fmt.Println("now", i) }')
lines, shown, ended = {early: "", later: ""}, {early: 0, later: 0}, 0
while ended < 2:
    m = kc.get_iopub_msg(timeout=20)
    of = m["parent_header"].get("msg_id")
    if m["msg_type"] == "stream":
        lines[of] += m["content"]["text"]
    elif m["msg_type"] == "display_data":
        shown[of] += 1
    elif m["msg_type"] == "status" and m["content"]["execution_state"] == "idle":
        ended += 1
want(lines[early] == "".join("late %d\n" % i for i in range(6)) and lines[later] == "".join("now %d\n" % i for i in range(8)), lines)
want(shown == {early: 1, later: 0}, shown)

# shutdown on either channel is answered, told, and done
if km.transport == "ipc":
    channel, get, restart = kc.control_channel, kc.get_control_msg, True
else:
    channel, get, restart = kc.shell_channel, kc.get_shell_msg, False
i = send("shutdown_request", {"restart": restart}, channel)
want(reply(i, get)["content"] == {"status": "ok", "restart": restart}, "shutdown_reply")
out = outputs(i)
want(kinds(out) == ["status", "shutdown_reply", "status"], out)
process = km.provisioner.process
end = time.time() + 20
while process.poll() is None and time.time() < end:
    time.sleep(0.05)
want(process.poll() == 0, "the kernel has ended")
kc.stop_channels()
if km.transport == "ipc":
    left = [f for f in os.listdir(os.path.dirname(km.connection_file)) if f.startswith(os.path.basename(km.ip))]
    want(left == [], left)
km.cleanup_resources()
done()
