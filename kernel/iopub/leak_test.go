package iopub_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Every goroutine of a publisher has ended when the last test has.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
