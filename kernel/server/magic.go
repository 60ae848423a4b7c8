package server

// This file defines what magics get from the kernel: magic.Kernel for the cell that is executed, a type for each part
// of it.

import "gilkernel/kernel/magic"

var _ magic.Kernel = (*host)(nil)

// A host is what the magics of a cell see of it.
type host struct {
	codeHost
	machineHost
	pythonHost
	twinHost
	captureHost
	testHost
	exploreHost
	scheduleHost
	pageHost
	worldHost
	moduleHost
	sessionHost
	settingHost
}

func newHost(x *execution) *host {
	return &host{codeHost{x}, machineHost{x: x}, pythonHost{x}, twinHost{x: x}, captureHost{x}, testHost{x},
		exploreHost{x}, scheduleHost{x}, pageHost{x}, worldHost{x}, moduleHost{x}, sessionHost{x}, settingHost{x.s}}
}
