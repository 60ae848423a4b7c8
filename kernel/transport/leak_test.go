package transport_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Every goroutine of sockets has ended when the last test has.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
