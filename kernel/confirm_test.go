package kernel_test

// This file defines the confirmation: compiled Go prints what the table says that programs print.

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gilkernel/skip"
)

var (
	clause   = regexp.MustCompile(`(?m)^package main\b`)
	initFunc = regexp.MustCompile(`(?m)^func init\(\)`)
	mainFunc = regexp.MustCompile(`(?m)^func main\(\)`)
)

// TestConfirm builds all programs of the table as packages of one binary, because to start the
// compiler once takes a second and to start it for each program would take a minute.
func TestConfirm(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		skip.Missing(t, "there is no go command to confirm with")
	}
	all, archives := rows(t)
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var imports, cases strings.Builder
	type program struct {
		row  string
		step *step
		own  bool // a binary of its own
	}
	mains := []string{"."}
	var programs []program
	for _, r := range all {
		for i := range r.steps {
			st := &r.steps[i]
			if st.kind != "program" {
				continue
			}
			name := fmt.Sprintf("p%d", len(programs))
			own := initFunc.MatchString(st.code) // what it does then, it would do in all programs
			programs = append(programs, program{r.name, st, own})
			if own {
				write(name+"/p.go", st.code)
				mains = append(mains, "./"+name)
				continue
			}
			text := clause.ReplaceAllString(st.code, "package "+name)
			write(name+"/p.go", mainFunc.ReplaceAllString(text, "func Main()"))
			fmt.Fprintf(&imports, "import %q\n", "confirm/"+name)
			fmt.Fprintf(&cases, "\tcase %q:\n\t\t%s.Main()\n", name, name)
		}
	}
	write("go.mod", "module confirm\n\ngo 1.26\n")
	write("main.go",
		"package main\n\nimport \"os\"\n"+imports.String()+"\nfunc main() {\n\tswitch os.Args[1] {\n"+cases.String()+
			"\t}\n}\n")
	bin := filepath.Join(dir, "bin") + string(filepath.Separator)
	build := exec.Command(goTool, append([]string{"build", "-o", bin}, mains...)...)
	build.Dir, build.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOPROXY=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the programs: %v\n%s", err, out)
	}
	for i, p := range programs {
		t.Run(p.row, func(t *testing.T) {
			name := fmt.Sprintf("p%d", i)
			cmd := exec.Command(bin+"confirm", name)
			if p.own {
				cmd = exec.Command(bin + name)
			}
			var both bytes.Buffer
			cmd.Stdout, cmd.Stderr = &both, &both
			if err := cmd.Run(); err != nil {
				t.Errorf("%v\n%s", err, both.Bytes())
			}
			// The package's name is all that differs.
			out := regexp.MustCompile(fmt.Sprintf(`\bp%d\.`, i)).ReplaceAllString(both.String(), "main.")
			if *update {
				p.step.want.out = out
			} else if out != p.step.want.out {
				t.Errorf("go run:\n%s\nthe table:\n%s", indented(out), indented(p.step.want.out))
			}
		})
	}
	if *update {
		rewrite(t, all, archives, nil)
	}
}
