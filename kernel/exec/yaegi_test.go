package exec_test

// This file runs the other tests once more, with the second engine's bodies.

import (
	"os"
	"os/exec"
	"testing"
)

// bodiesVariable is the environment variable that says who runs the bodies of functions in these tests: "yaegi", or the
// engine itself.
const bodiesVariable = "GILKERNEL_ENGINE"

// The tests of sources, threads and generated programs hold for yaegi's bodies.
func TestYaegi(t *testing.T) {
	if os.Getenv(bodiesVariable) != "" {
		t.Skip("it is what runs here")
	}
	args := []string{"-test.run", "."}
	if testing.Short() {
		args = append(args, "-test.short")
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), bodiesVariable+"=yaegi")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
