"""Debian's python3-jupyter-kernel-test against the kernel of the first argument."""
import json, os, sys, tempfile, unittest
import jupyter_kernel_test

binary = sys.argv.pop(1)
specs = tempfile.TemporaryDirectory()
os.environ["JUPYTER_PATH"] = specs.name
os.makedirs(specs.name + "/kernels/fourm-test")
with open(specs.name + "/kernels/fourm-test/kernel.json", "w") as f:
    json.dump({"argv": [binary, "kernel", "{connection_file}"], "language": "go", "display_name": "Go", "interrupt_mode": "message"}, f)


class Fourm(jupyter_kernel_test.KernelTests):
    kernel_name = "fourm-test"
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'import "os"\nfmt.Fprintln(os.Stderr, "no")'
    completion_samples = [{"text": "strings.ToUpp", "matches": {"ToUpper", "ToUpperSpecial"}}, {"text": "fmt.Sprintl", "matches": {"Sprintln"}}]
    complete_code_samples = ["1", 'fmt.Println("a")', "func f() int { return 1 }", "x := []int{1}\nx[0]"]
    incomplete_code_samples = ["func f() int {", "for i := 0; i < 3; i++ {", "fmt.Println(", "`raw", "x := []int{"]
    invalid_code_samples = ["a b c", "}", "func )"]
    code_generate_error = 'panic("no")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "1 + 2", "result": "3"},
        {"code": '"a" + "é"', "result": "aé", "mime": "text/plain"},
        {"code": 'display.HTML("<b>x</b>")', "mime": "text/html"},
    ]
    code_display_data = [{"code": 'display.Show(display.HTML("x"))', "mime": "text/html"}, {"code": 'display.Show(display.SVG("<svg/>"))', "mime": "image/svg+xml"}]
    code_history_pattern = "1 ? 2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "strings.ToUpper"
    code_clear_output = "display.Clear(false)"
    code_page_something = "strings.ToUpper?"


result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(Fourm))
print("%d of %d tests of jupyter_kernel_test ran, %d failed" % (result.testsRun - len(result.skipped), result.testsRun, len(result.failures) + len(result.errors)))
sys.exit(not result.wasSuccessful())
