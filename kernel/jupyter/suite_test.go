package jupyter_test

// This file defines the run of jupyter_kernel_test, the protocol's own suite.

import (
	"strings"
	"testing"

	"gilkernel/install/testenv"
)

func TestJupyterKernelTest(t *testing.T) {
	env := testenv.New(t)
	out, err := env.Cmd(t, "python", "testdata/test_gilkernel.py").CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("the suite failed: %v", err)
	}
	// A suite that skips its samples proves nothing.
	if strings.Contains(string(out), "skipped") || !strings.Contains(string(out), "\nOK") {
		t.Error("the suite skipped tests")
	}
}
