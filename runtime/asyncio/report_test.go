package asyncio_test

// This file defines the test of what asyncio prints by itself: it goes where the host says, as threading's tracebacks
// do.

import (
	"errors"
	"strings"
	"testing"

	"gilkernel/runtime/asyncio"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

func TestReportsGoToTheHost(t *testing.T) {
	for at, got := range twin.Everywhere(t, func(_ *testing.T, log func(...any)) {
		var stderr strings.Builder
		threading.SetHost(machine.Current().Interpreter().(*gil.Interpreter), threading.Host{Stderr: &stderr})
		_, _ = asyncio.Run(func() {
			asyncio.CreateTask(func() error { return errors.New("unseen") })
			asyncio.Sleep(0)
			asyncio.Sleep(0)
		})
		log(stderr.String())
	}) {
		if !strings.HasPrefix(got, "Task exception was never retrieved\nfuture: <Task finished name=") ||
			!strings.Contains(got, "unseen") {
			t.Errorf("%s: the host's stderr has %q", at, got)
		}
	}
}
