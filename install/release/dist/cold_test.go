package dist_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gilkernel/install/release/dist"
	"gilkernel/install/testenv"
)

// Each pattern names packages of the program, and none of them those in which cells run.
func TestColdPackages(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
	cmd.Dir = testenv.Root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	hot := []string{"runtime", "reflect", "fmt", "sync", "go/types", "gilkernel/kernel/exec", "gilkernel/kernel/interp",
		"gilkernel/kernel/session", "gilkernel/runtime/machine", "gilkernel/runtime/threading"}
	for _, flag := range dist.CompilerFlags() {
		pattern := strings.TrimSuffix(strings.TrimPrefix(flag, "-gcflags="), "=-l")
		matches := regexp.MustCompile(`^` + strings.ReplaceAll(regexp.QuoteMeta(pattern), `/\.\.\.`, `(/.*)?`) + `$`)
		if !slices.ContainsFunc(packages, matches.MatchString) {
			t.Errorf("%s names no package of the program", pattern)
		}
		if i := slices.IndexFunc(hot, matches.MatchString); i >= 0 {
			t.Errorf("%s names %s, in which cells spend their time", pattern, hot[i])
		}
	}
}
