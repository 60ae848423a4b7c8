package dist_test

// This file tests what papermill writes for parameters, with papermill itself.

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gilkernel/install/testenv"
)

// translate prints what is written for each row, in JSON: a cell with its parameters, and values for some in YAML.
const translate = `import json, papermill, runpy, sys, yaml
from types import SimpleNamespace
from papermill.translators import papermill_translators
runpy.run_path(sys.argv[1])
go = papermill_translators.find_translator("gilkernel", "go")
out = []
for cell, values in json.load(open(sys.argv[2])):
    try:
        shown = ["%s %s" % (p.name, p.inferred_type_name) + (" " + p.help if p.help else "")
                 for p in go.inspect({"source": cell})] if cell else []
        out.append(["|".join(shown), go.codify(yaml.safe_load(values))])
    except ValueError as err:
        out.append(["", str(err)])
print(json.dumps(out))
`

func TestTranslator(t *testing.T) {
	tools := testenv.NewTools(t)
	rows := []struct{ cell, values, shown, want string }{
		// Without a cell, a value's own type counts.
		{"", `{n: -5, name: 'say "hi"', fast: true, none: null, half: 0.5}`, "",
			"n := -5\nname := \"say \\\"hi\\\"\"\nfast := true\nnone := any(nil)\nhalf := 0.5"},
		{"", `{x: "a\nb\0\x7f"}`, "", `x := "a\nb\u0000\x7f"`},
		{"", `{x: [.inf, -.inf, .nan], z: -0.0}`, "",
			"x := []float64{math.Inf(1), math.Inf(-1), math.NaN()}\nz := math.Copysign(0, -1)"},
		{"", `{x: 9223372036854775808}`, "", "9223372036854775808 is too large for an int of Go"},
		{"", `{x: [], y: {}, z: [1, 2.5], w: [1, a, null]}`, "",
			`x := []any{}|y := map[string]any{}|z := []float64{1, 2.5}|w := []any{1, "a", any(nil)}`},
		{"", `{x: {a: [[1], [2, 3]], b: [[4]]}}`, "",
			`x := map[string][][]int{"a": [][]int{[]int{1}, []int{2, 3}}, "b": [][]int{[]int{4}}}`},
		// With one, the type that the parameter has there, if the value fits it.
		{"rate := 0.5 // a \"second\"", `{rate: 2}`, `rate float64 a "second"`, "rate := float64(2)"},
		{"rate := 2 * 1.5\nn := 2 * 3", `{rate: 2, n: 0.5}`, "rate float64|n int", "rate := float64(2)|n := 0.5"},
		{"var small uint8 = 3\nvar big uint64", `{small: 200}`, "small uint8", "small := uint8(200)"},
		{"var big uint64 = 1", `{big: 9223372036854775808}`, "big uint64", "big := uint64(9223372036854775808)"},
		{"var (\n\tf float32 = 1 // f\n\tfast = false\n)", `{f: .nan, fast: true}`, "f float32 f|fast bool",
			"f := float32(math.NaN())|fast := true"},
		{"xs := []float64{\n\t1, 2,\n}", `{xs: [1, .inf, 2.5]}`, "xs []float64",
			"xs := []float64{1, math.Inf(1), 2.5}"},
		{"m := map[string][]float64{}", `{m: {a: [1], b: []}}`, "m map[string][]float64",
			`m := map[string][]float64{"a": []float64{1}, "b": []float64{}}`},
		{"m := map[string][]float64{}", `{m: {a: [x]}}`, "m map[string][]float64",
			`m := map[string][]string{"a": []string{"x"}}`},
		{"xs := []int{1}", `{xs: null}`, "xs []int", "xs := []int(nil)"},
		{"var v any = 5", `{v: 3}`, "v any", "v := any(3)"},
		{"url := \"http://x//y\" // where\nraw := `a // b`", `{url: z}`, "url string where|raw string", `url := "z"`},
		{"d := 3 * time.Second", `{d: 5}`, "d None", "d := 5"},
		{"x = 5\nfmt.Println(x)\nif y := f(); y {\n}\n// z := 1", `{x: 5}`, "", "x := 5"},
	}
	var input [][2]string
	for _, row := range rows {
		input = append(input, [2]string{row.cell, row.values})
	}
	list, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "rows.json")
	if err := os.WriteFile(file, list, 0o644); err != nil {
		t.Fatal(err)
	}
	var got [][2]string
	text := do(t, tools.Cmd(t, "python", "-c", translate, "translator.py", file))
	if err := json.Unmarshal([]byte(text), &got); err != nil || len(got) != len(rows) {
		t.Fatalf("%v\n%s", err, text)
	}
	for i, row := range rows {
		want := row.want
		if !strings.Contains(want, " is too large") {
			want = "// Parameters\n" + strings.ReplaceAll(want, "|", "\n") + "\n"
		}
		if got[i][0] != row.shown || got[i][1] != want {
			t.Errorf("%s with %s\nshows  %s\nwant   %s\nwrites %s\nwant   %s", row.cell, row.values, got[i][0],
				row.shown, got[i][1], want)
		}
	}
}
