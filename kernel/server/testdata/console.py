"""jupyter-console on a terminal, with the kernel of the first argument."""
import json, os, pty, re, select, signal, sys, tempfile, time

specs = tempfile.TemporaryDirectory()
os.makedirs(specs.name + "/kernels/fourm-test")
with open(specs.name + "/kernels/fourm-test/kernel.json", "w") as f:
    json.dump({"argv": [sys.argv[1], "kernel", "{connection_file}"], "language": "go", "display_name": "Go", "interrupt_mode": "message"}, f)

# Behind a prompt, Debian's prompt_toolkit leaves Python's own handler of SIGINT
# in place of the console's, so that Ctrl-C reaches no kernel, ipykernel neither.
program = """
import signal, sys
from jupyter_console.app import ZMQTerminalIPythonApp as App
from jupyter_console.ptshell import ZMQTerminalInteractiveShell as Shell
run = Shell.run_cell
def run_cell(self, *args, **kw):
    signal.signal(signal.SIGINT, App.instance().handle_sigint)
    return run(self, *args, **kw)
Shell.run_cell = run_cell
App.launch_instance(["--kernel", "fourm-test"])
"""

pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(JUPYTER_PATH=specs.name, TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1", COLUMNS="200", LINES="50")
    os.execv(sys.executable, [sys.executable, "-c", program])

seen = ""  # of the current step, without colours and movements
checks = 0


def read(seconds):
    global seen
    if select.select([terminal], [], [], seconds)[0]:
        try:
            raw = os.read(terminal, 1 << 16)
        except OSError:
            return False  # it has ended
        seen += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()=>].?|\r", "", raw.decode(errors="replace"))
    return True


def expect(pattern, what, seconds=30):
    global checks
    end = time.time() + seconds
    while not re.search(pattern, seen):
        if time.time() > end or not read(0.2):
            os.kill(pid, signal.SIGKILL)
            sys.exit("%s: %r is not in what the terminal shows: %r" % (what, pattern, seen[-2000:]))
    checks += 1


def type_(text, settle=0.3):
    global seen
    seen = ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        os.write(terminal, line.replace("\n", "\r").encode())
        end = time.time() + settle
        while time.time() < end:
            read(0.05)


expect(r"In \[1\]", "the first prompt", 60)
type_("1+1\n")
expect(r"Out\[1\]: *2", "a result")
expect(r"In \[2\]", "the next prompt")
type_("func twice(n int) int {\nreturn 2 * n\n}\n")
if not re.search(r"In \[3\]", seen):
    type_("\n")
expect(r"In \[3\]", "a function of several lines")
type_("twice(21)\n")
expect(r"Out\[3\]: *42", "a call of it")
type_("nope\n")
expect(r"undefined: nope", "an error")
expect(r"In \[5\]", "the prompt after an error")
type_("for { }\n", 1)
type_("\x03")
expect(r"interrupted", "an endless loop that is stopped")
expect(r"In \[6\]", "the prompt after it")
type_('fmt.Println("still", twice(4))\n')
expect(r"still 8", "what is printed")
type_("\x04")  # the end of the input
expect(r"want to exit", "the question at the end")
type_("y\n")
end = time.time() + 30
while read(0.2):
    if time.time() > end:
        os.kill(pid, signal.SIGKILL)
        sys.exit("it does not end: %r" % seen[-500:])
checks += 1
print(checks, "checks in jupyter-console")
