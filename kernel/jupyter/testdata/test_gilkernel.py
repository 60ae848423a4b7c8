"""jupyter_kernel_test's whole suite, every optional sample set given as Go cells."""
import unittest

import jupyter_kernel_test


class GilkernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "gilkernel"
    language_name = "go"
    file_extension = ".go"

    code_hello_world = 'fmt.Println("hello, world")'
    code_stderr = 'fmt.Fprintln(os.Stderr, "oops")'
    completion_samples = [
        {"text": "strings.ToUpp", "matches": {"ToUpper", "ToUpperSpecial"}},
        {"text": "strconv.Ito", "matches": {"Itoa"}},
        {"text": "conti", "matches": {"continue"}},
    ]
    complete_code_samples = ["1 + 1", "x := 5", "func f() int {\n\treturn 1\n}", "// a comment", "%time 1 + 1",
                             "for i := 0; i < 3; i++ {\n\tfmt.Println(i)\n}"]
    incomplete_code_samples = ["func f() {", "fmt.Println(", "x := `raw", "if true {", "1 +", "/* open"]
    invalid_code_samples = ["func 5() {}", "x := )", "}", "import 5"]
    code_page_something = "?fmt.Println"
    code_generate_error = 'panic("boom")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[]int{1, 2, 3}", "result": "[]int{1, 2, 3}"},
        {"code": "len(\"gilkernel\")", "result": "9"},
    ]
    code_display_data = [
        {"code": 'display.Show(display.HTML("<b>bold</b>"))', "mime": "text/html"},
        {"code": 'display.Show(display.Markdown("*em*"))', "mime": "text/markdown"},
        {"code": "display.Show(image.NewRGBA(image.Rect(0, 0, 2, 2)))", "mime": "image/png"},
    ]
    code_history_pattern = "6 ?* 7*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "fmt.Println"
    code_clear_output = "display.Clear(false)"


class GilkernelWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "gilkernel"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
