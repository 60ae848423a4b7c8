package exec_test

// This file runs the other tests once more, with the second engine's bodies.

import (
	"flag"
	"os"
	"os/exec"
	"testing"
)

var bodies = flag.String("bodies", "exec", "what runs the bodies of functions in these tests: exec or yaegi")

// The tests of sources, threads and generated programs hold for yaegi's bodies. TestGrowth isn't about them: each is a
// program of its own, which stays.
func TestYaegi(t *testing.T) {
	args := []string{"-bodies", "yaegi", "-test.skip", "^(TestYaegi|TestGrowth)$"}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	if out, err := exec.Command(os.Args[0], args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
