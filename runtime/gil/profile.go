package gil

// This file defines what differs between the versions of CPython.

import (
	"fmt"
	"strings"
	"time"
)

// Kind is the form of a GIL.
type Kind uint8

// The forms, in historical order.
const (
	Legacy       Kind = iota + 1 // through 3.1: released every 100 ticks
	Modern                       // from 3.2 on: released on request, after an interval
	FreeThreaded                 // PEP 703: there is none
)

// String returns the form in words.
func (k Kind) String() string {
	switch k {
	case Legacy:
		return "legacy GIL (ticks)"
	case Modern:
		return "GIL (switch interval)"
	case FreeThreaded:
		return "no GIL (free-threaded)"
	}
	return "unknown"
}

// A Profile is a version of CPython, as far as threads notice it. Times are those of the machine on which reference
// figures were measured; a real machine has its own.
type Profile struct {
	Version string // "3.11", "3.14t"
	Kind    Kind
	// Check is the time from one check to the next: a turn of `while n > 0: n -= 1`.
	Check time.Duration
	// Step is the time of an update of a variable that threads share, `x += 1`, up to its write: what a turn takes
	// that does one, without Check.
	Step time.Duration
	// StepChecks says that the eval breaker is looked at before almost every instruction (through 3.9), so that
	// a thread can lose the GIL between the read and the write of `x += 1`.
	StepChecks bool
	// CheckTicks and StepTicks are how many ticks a turn and an access are, for the legacy GIL.
	CheckTicks, StepTicks int
	// SwitchInterval is the default of the modern GIL, CheckInterval (in ticks) that of the legacy one.
	SwitchInterval time.Duration
	CheckInterval  int
	// FairLocks says that a lock is handed over to a thread that has waited for a millisecond: PyMutex, from 3.13 on.
	FairLocks bool
	// LockSpins is how often a thread yields before it waits for such a lock.
	LockSpins int
	// OwnGIL says that interpreters of one process can have a GIL each (PEP 684).
	OwnGIL bool
	// SubInterpreters says that Python code can make interpreters.
	SubInterpreters bool
	// MemoryFactor is how much memory an object needs, over that of a build with GIL.
	MemoryFactor float64
}

// profiles yields the versions in historical order. What a turn takes is measured on CPythons: ten million turns of a
// countdown, and a loop of `counter += 1`. 3.1 through 3.5 and 3.9 weren't at hand: their figures are their
// neighbours'.
func profiles(yield func(Profile) bool) {
	const ns = time.Nanosecond
	legacy := Profile{Kind: Legacy, StepChecks: true, CheckTicks: 3, StepTicks: 2, CheckInterval: 100,
		SwitchInterval: 5 * time.Millisecond, MemoryFactor: 1}
	old := Profile{Kind: Modern, StepChecks: true, SwitchInterval: 5 * time.Millisecond, CheckInterval: 100,
		MemoryFactor: 1}
	modern := old
	modern.StepChecks = false
	own := modern
	own.OwnGIL, own.SubInterpreters = true, true
	fair := own
	fair.FairLocks = true
	free := fair
	free.Kind, free.LockSpins, free.MemoryFactor = FreeThreaded, 40, 1.175 // PEP 779: 15 to 20 %
	with := func(p Profile, version string, check, step time.Duration) bool {
		p.Version, p.Check, p.Step = version, check*ns, step*ns
		return yield(p)
	}
	_ = with(legacy, "2.7", 20, 27) && with(legacy, "3.1", 24, 30) && with(old, "3.2", 33, 42) &&
		with(old, "3.3", 33, 42) && with(old, "3.4", 33, 42) && with(old, "3.5", 33, 42) &&
		with(old, "3.6", 33, 42) && with(old, "3.7", 32, 42) && with(old, "3.8", 33, 84) &&
		with(old, "3.9", 34, 60) && with(modern, "3.10", 30, 38) && with(modern, "3.11", 23, 12) &&
		with(own, "3.12", 27, 27) && with(fair, "3.13", 30, 19) && with(free, "3.13t", 41, 45) &&
		with(fair, "3.14", 22, 13) && with(free, "3.14t", 25, 20)
}

// DefaultVersion is the version of a session that hasn't chosen one.
const DefaultVersion = "3.13"

// Versions returns the versions that ProfileOf knows, in historical order.
func Versions() []string {
	var all []string
	for p := range profiles {
		all = append(all, p.Version)
	}
	return all
}

// ProfileOf returns the profile of a version: "3.11", "2.7", "3.14t"; of "3.11.2" too, whose last number
// doesn't matter. An empty version is DefaultVersion. The error names what there is.
func ProfileOf(version string) (Profile, error) {
	if version == "" {
		version = DefaultVersion
	}
	short := version
	if strings.Count(version, ".") == 2 {
		if short = version[:strings.LastIndexByte(version, '.')]; strings.HasSuffix(version, "t") {
			short += "t"
		}
	}
	for p := range profiles {
		if p.Version == short {
			return p, nil
		}
	}
	return Profile{}, fmt.Errorf("no model of Python %s; there are %s", version, strings.Join(Versions(), ", "))
}
