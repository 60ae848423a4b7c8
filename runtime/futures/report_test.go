package futures_test

// This file defines the test of what a pool prints by itself: it goes where the host says, as threading's tracebacks
// do.

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"gilkernel/runtime/futures"
	"gilkernel/runtime/gil"
	"gilkernel/runtime/machine"
	"gilkernel/runtime/threading"
	"gilkernel/runtime/twin"
)

// printed is what several threads print.
type printed struct {
	mu   sync.Mutex // protects the field below
	text strings.Builder
}

func (s *printed) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *printed) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestReportsGoToTheHost(t *testing.T) {
	for at, got := range twin.Everywhere(t, func(_ *testing.T, log func(...any)) {
		stderr := &printed{}
		threading.SetHost(machine.Current().Interpreter().(*gil.Interpreter), threading.Host{Stderr: stderr})
		futures.NewThreadPoolExecutor(1).With(func(ex *futures.ThreadPoolExecutor) {
			ex.Submit(func() {}).AddDoneCallback(func(*futures.Future) { panic("callback") })
		})
		futures.NewThreadPoolExecutor(1).Initializer(func() error { return errors.New("no table") }).
			With(func(ex *futures.ThreadPoolExecutor) {
				_, err := ex.Submit(func() {}).Result()
				log(err != nil)
			})
		log(stderr.String())
	}) {
		for _, want := range []string{"exception calling callback for <Future", "callback", "Exception in initializer:",
			"no table"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: the host's stderr has %q, want %q in it", at, got, want)
			}
		}
	}
}
