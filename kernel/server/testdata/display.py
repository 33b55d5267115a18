"""What cells do to the page, seen by a front end: displays, clears, questions, comms."""
import time
from front import km, kc, reply, outputs, run, kinds, content, want, done


def ask(code, answer, password=False):
    """Runs a cell that asks, and answers."""
    i = kc.execute(code, allow_stdin=True)
    q = kc.get_stdin_msg(timeout=20)
    want(q["msg_type"] == "input_request" and q["parent_header"]["msg_id"] == i, q)
    want(q["content"]["password"] == password, q)
    kc.input(answer)
    return q["content"]["prompt"], reply(i)["content"], outputs(i)


# show and update; the handle itself is not shown
r, out = run('h := display.Show("one")\nh.Update(display.HTML("<b>two</b>"))\nh')
want(kinds(out) == ["status", "execute_input", "display_data", "update_display_data", "status"], out)
want(out[2][1]["data"] == {"text/plain": "one"} and out[3][1]["data"] == {"text/html": "<b>two</b>", "text/plain": "two"}, out)
want(out[2][1]["transient"] == out[3][1]["transient"], out)
r, out = run('h.Update(display.Latex("x"))\ndisplay.Show(display.JSON(map[string]any{"n": 1 << 60}))')
want(content(out, "update_display_data")[0]["data"]["text/latex"] == "$x$", out)
want(content(out, "display_data")[0]["data"]["application/json"] == {"n": 1 << 60}, out)

# tables of a cell's own types; methods of a cell's own type
r, out = run('type Row struct { Name string; N int; hidden bool }\n[]Row{{"é", 1, true}, {"<i>", 2, false}}')
data = content(out, "execute_result")[0]["data"]
want(data["text/plain"] == "[]Row, 2 rows\n   Name  N  hidden\n0  é     1  true\n1  <i>   2  false" and "&lt;i&gt;" in data["text/html"], data)
r, out = run('type Art struct{}\nfunc (Art) SVG() string { return "<svg/>" }\nfunc (*Art) HTML() (string, error) { return "", fmt.Errorf("no paper") }\nfunc (Art) Markdown() string { panic("no pen") }\n&Art{}')
data = content(out, "execute_result")[0]["data"]
want(data["image/svg+xml"] == "<svg/>" and "text/html" not in data and "no paper" in data["text/plain"] and "no pen" in data["text/plain"], data)

# a picture that is never finished, stopped
i = kc.execute("type Slow struct{}\nfunc (Slow) PNG() []byte { for { } }\nSlow{}")
time.sleep(0.5)
km.interrupt_kernel()
want(reply(i)["content"]["ename"] == "interrupted", "a slow picture")
outputs(i)

# clear, now and later
r, out = run('fmt.Println("a")\ndisplay.Clear(true)\nfmt.Println("b")\ndisplay.Clear(false)')
want([(k, c.get("wait", c.get("text"))) for k, c in out[2:-1]] == [("stream", "a\n"), ("clear_output", True), ("stream", "b\n"), ("clear_output", False)], out)

# standard output turned elsewhere meanwhile
r, out = run('old := os.Stdout\n_, os.Stdout, _ = os.Pipe()\nfmt.Println("unseen")\ndisplay.Show("seen")\nos.Stdout = old\nfmt.Println("again")')
want(kinds(out)[2:-1] == ["display_data", "stream"] and content(out, "stream")[0]["text"] == "again\n", out)

# a bar: shown once, moved few times, finished
r, out = run('p := display.Progress("work", 5000)\nfor range 5000 { p.Step() }')
shown, moved = content(out, "display_data"), content(out, "update_display_data")
want(len(shown) == 1 and 1 <= len(moved) < 20, out)
want(moved[-1]["data"]["text/plain"].startswith("work 5,000/5,000 (100%)") and 'value="5000" max="5000"' in moved[-1]["data"]["text/html"], moved)

# questions
prompt, r, out = ask('name := display.Input("Name? ")\nname', "Zoë")
want(prompt == "Name? " and content(out, "execute_result")[0]["data"]["text/plain"] == "Zoë", out)
prompt, r, out = ask('len(display.Password("Secret: "))', "four", password=True)
want(prompt == "Secret: " and content(out, "execute_result")[0]["data"]["text/plain"] == "4", out)
kc.input("nobody asked")
i = kc.execute('display.Input("?")', allow_stdin=False)
r = reply(i)["content"]
want(r["status"] == "error" and "display.Input: no answer" in r["evalue"] and "does not take input" in r["evalue"], r)
outputs(i)
i = kc.execute('after := 1\nafter = len(display.Input("?"))\nafter = 3', allow_stdin=True)
kc.get_stdin_msg(timeout=20)
km.interrupt_kernel()
want(reply(i)["content"]["ename"] == "interrupted", "a question that is stopped")
outputs(i)
kc.input("too late")
prompt, r, out = ask('display.Input("again ")', "yes")
want(content(out, "execute_result")[0]["data"]["text/plain"] == "yes", out)


def comm(kind, **content):
    msg = kc.session.msg(kind, dict({"data": {}}, **content))
    kc.shell_channel.send(msg)
    return outputs(msg["header"]["msg_id"])


# comms that the front end opens
r, out = run('got := 0.0\ndisplay.OnComm("slider", func(c *display.Comm, data map[string]any) {\n\tgot = data["v"].(float64)\n\tc.Send(map[string]any{"hello": got})\n'
             '\tc.OnMessage(func(data map[string]any) { got += data["v"].(float64); c.Send(map[string]any{"v": got}); fmt.Println("moved") })\n\tc.OnClose(func() { got = -1 })\n})')
want(r["status"] == "ok", r)
out = comm("comm_open", comm_id="c1", target_name="slider", data={"v": 2})
want(content(out, "comm_msg") == [{"comm_id": "c1", "data": {"hello": 2}}], out)
out = comm("comm_msg", comm_id="c1", data={"v": 3})
want(content(out, "comm_msg") == [{"comm_id": "c1", "data": {"v": 5}}] and content(out, "stream")[0]["text"] == "moved\n", out)
i = kc.comm_info(target_name="slider")
want(reply(i)["content"]["comms"] == {"c1": {"target_name": "slider"}}, "comm_info")
out = comm("comm_msg", comm_id="c1", data={"v": "no number"})
want("panic in the handler" in content(out, "stream")[0]["text"], out)
comm("comm_close", comm_id="c1")
r, out = run("got")
want(content(out, "execute_result")[0]["data"]["text/plain"] == "-1", out)
out = comm("comm_open", comm_id="c2", target_name="nobody")
want(content(out, "comm_close")[0]["comm_id"] == "c2", out)
want(content(comm("comm_msg", comm_id="unknown"), "comm_msg") == [], "an unknown comm")

# a comm that a cell opens
r, out = run('c := display.OpenComm("chart", map[string]any{"n": 1})\nc.OnMessage(func(data map[string]any) { display.Show(fmt.Sprint(data["x"])) })\nc.Send(map[string]any{"n": 2})')
opened = content(out, "comm_open")[0]
want(opened["target_name"] == "chart" and opened["data"] == {"n": 1} and content(out, "comm_msg")[0] == {"comm_id": opened["comm_id"], "data": {"n": 2}}, out)
out = comm("comm_msg", comm_id=opened["comm_id"], data={"x": "ü"})
want(content(out, "display_data")[0]["data"]["text/plain"] == "ü", out)
r, out = run("c.Close()\nc.Close()")
want(content(out, "comm_close") == [{"comm_id": opened["comm_id"], "data": {}}], out)
r, out = run("c.Send(nil)")
want("is closed" in r["evalue"] and "\n" not in r["evalue"], r)
i = kc.comm_info()
want(reply(i)["content"]["comms"] == {}, "comm_info")

# what a goroutine shows after its cell
i = kc.execute('go func() { time.Sleep(300*time.Millisecond); display.Show("late") }()')
reply(i)
outputs(i)
m = kc.get_iopub_msg(timeout=20)
want(m["msg_type"] == "display_data" and m["content"]["data"]["text/plain"] == "late", m)

kc.stop_channels()
km.shutdown_kernel()
done()
