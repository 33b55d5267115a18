"""Talks to a kernel as a front end does, and fails on what is not as it must be."""
import sys, time
from front import km, kc, reply, outputs, run, kinds, want, done

# kernel_info, on both channels
i = kc.kernel_info()
info = reply(i)["content"]
want(info["protocol_version"] == "5.4" and info["language_info"]["name"] == "go" and info["language_info"]["file_extension"] == ".go", info)
outputs(i)
msg = kc.session.msg("kernel_info_request", {})
kc.control_channel.send(msg)
want(reply(msg["header"]["msg_id"], kc.get_control_msg)["content"]["status"] == "ok", "kernel_info on control")
outputs(msg["header"]["msg_id"])

# a result, exact order
r, out = run("1+1")
want(r["status"] == "ok" and r["execution_count"] == 1, r)
want(kinds(out) == ["status", "execute_input", "execute_result", "status"], out)
want(out[2][1]["data"]["text/plain"] == "2", out)

# streams, in order with results; batched
r, out = run('import "os"\nfmt.Println("a")\nfmt.Fprintln(os.Stderr, "b")\nx := 40\nx + 2')
want({c["name"] for k, c in out if k == "stream"} == {"stdout", "stderr"} and kinds(out)[-2] == "execute_result", out)
r, out = run('for i := 0; i < 100000; i++ { fmt.Println(i) }')
streams = [c["text"] for k, c in out if k == "stream"]
want("".join(streams) == "".join("%d\n" % i for i in range(100000)) and len(streams) < 300, len(streams))

# errors
r, out = run("a := 1\nb := nope")
want(r["status"] == "error" and r["ename"] == "compile error" and "2:6: undefined: nope" in r["evalue"], r)
want(kinds(out) == ["status", "execute_input", "error", "status"] and "^" in out[2][1]["traceback"][-1], out)
r, out = run("var m map[string]int\nm[\"a\"] = 1")
want(r["ename"] == "panic" and any("In [" in l for l in r["traceback"]), r)
r, out = run("x")
want(out[2][1]["data"]["text/plain"] == "40", out)

# silent, store_history, user_expressions
n = r["execution_count"]
r, out = run("x = 41", silent=True)
want(kinds(out) == ["status", "status"], out)
r, out = run("x", store_history=False)
want(r["execution_count"] == n, r)
r, out = run("1", user_expressions={"v": "x + 1", "w": "nope"})
want(r["execution_count"] == n + 1 and r["user_expressions"]["v"]["data"]["text/plain"] == "42" and r["user_expressions"]["w"]["status"] == "error", r)

# stop_on_error aborts what waits
first = kc.execute("time.Sleep(200*time.Millisecond)\npanic(\"no\")")
second = kc.execute("1")
want(reply(first)["content"]["status"] == "error", "first")
want(reply(second)["content"]["status"] == "aborted", "second")
outputs(second)

# completion, inspection, is_complete, history, comm_info
i = kc.complete("strings.ToU", 11)
r = reply(i)["content"]
want("ToUpper" in r["matches"] and r["cursor_start"] == 8, r)
i = kc.complete("é := 1; fmt.Prin", 16)
r = reply(i)["content"]
want("Println" in r["matches"] and r["cursor_start"] == 12, r)
kinds = {k["text"]: k for k in r["metadata"]["_jupyter_types_experimental"]}
want(kinds["Println"]["type"] == "function" and kinds["Println"]["signature"].startswith("func(") and kinds["Println"]["start"] == 12, r)
i = kc.inspect("strings.ToUpper", 12)
r = reply(i)["content"]
want(r["found"] and "func" in r["data"]["text/plain"], r)
for code, status in [("1+1", "complete"), ("func f() {", "incomplete"), ("a b c", "invalid")]:
    i = kc.is_complete(code)
    r = reply(i)["content"]
    want(r["status"] == status, (code, r))
i = kc.history(hist_access_type="tail", n=2)
want(len(reply(i)["content"]["history"]) == 2, "history")
i = kc.comm_info()
want(reply(i)["content"]["comms"] == {}, "comm_info")

# interrupt, three ways of waiting; variables stay
for code in ["for { }", "time.Sleep(time.Minute)", "<-make(chan int)"]:
    i = kc.execute(code)
    time.sleep(0.4)
    begun = time.time()
    km.interrupt_kernel()
    r = reply(i)["content"]
    want(r["ename"] == "interrupted" and time.time() - begun < 1.5, (code, r))
r, out = run("x")
want(r["status"] == "ok" and [c for k, c in out if k == "execute_result"][0]["data"]["text/plain"] == "41", (r, out))

if km.kernel_spec.interrupt_mode == "signal":
    km.shutdown_kernel()
    done()
    sys.exit(0)

# control answers while a cell runs
i = kc.execute("time.Sleep(800*time.Millisecond)")
msg = kc.session.msg("kernel_info_request", {})
begun = time.time()
kc.control_channel.send(msg)
reply(msg["header"]["msg_id"], kc.get_control_msg)
want(time.time() - begun < 0.5, "control while a cell runs")
reply(i)

# what is fatal in Go ends the cell, not the kernel
for code in ["import \"sync\"\nvar mu sync.Mutex\nmu.Unlock()", "import \"syscall\"\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)"]:
    i = kc.execute(code)
    r = reply(i, timeout=60)["content"]
    want(r["ename"] == "fatal" and "lost" in r["evalue"] and "In [" in r["evalue"], r)
    outputs(i)
r, out = run("1+1")
want(r["status"] == "ok", r)

# a display that is updated, and one value that draws itself
r, out = run("type P struct{}\nfunc (P) PNG() []byte { return []byte(\"\\x89PNG\") }\nP{}")
data = [c for k, c in out if k == "execute_result"][0]["data"]
want(data["image/png"] == "iVBORw==" and "text/plain" in data, out)

r, out = run("n := demo.Train(3)\nn")
shown = [c for k, c in out if k == "display_data"]
updates = [c for k, c in out if k == "update_display_data"]
want(len(shown) == 1 and len(updates) == 3 and updates[-1]["data"]["text/plain"] == "step 3", out)
want(shown[0]["transient"]["display_id"] == updates[0]["transient"]["display_id"] and shown[0]["data"]["image/png"] == "cG5n", out)

# a long call of compiled code ends by itself, and its result is kept
i = kc.execute("n = demo.Train(1000000)")
time.sleep(0.5)
km.interrupt_kernel()
want(reply(i)["content"]["ename"] == "interrupted", "interrupt of a call")
outputs(i)
r, out = run("n > 5 && n < 500")
want([c for k, c in out if k == "execute_result"][0]["data"]["text/plain"] == "true", out)

# latency
times = []
for _ in range(100):
    begun = time.time()
    i = kc.execute("1+1")
    reply(i)
    times.append(time.time() - begun)
print("1+1 median %.1f ms" % (sorted(times)[50] * 1e3))

# restart
km.restart_kernel(now=False)
kc.wait_for_ready(timeout=60)
r, out = run("x")
want(r["status"] == "error" and "undefined: x" in r["evalue"], r)
kc.stop_channels()
km.shutdown_kernel()
done()
