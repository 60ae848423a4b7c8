// Package skip is for tests only: it is how a test ends that can't run here.
//
// What a test needs and this computer lacks is skipped and named, and fails where nothing may be skipped, as in CI. A
// test that doesn't apply to a build, such as one of the race detector, isn't compiled into it. A policy test holds
// that no other package skips.
package skip

import (
	"os"
	"testing"
)

// RequireAll is the environment variable that turns skipping into failing when it is "1": CI must not pass because
// something was missing.
const RequireAll = "GILKERNEL_REQUIRE_ALL"

// Missing ends the test because something that it needs is not on this computer: it is skipped, or fails if
// RequireAll says that nothing may be. The reason is shown. It must be called in the test's own goroutine.
func Missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv(RequireAll) == "1" {
		t.Fatalf("%s, and %s=1 forbids skipping", reason, RequireAll)
	}
	t.Skip(reason)
}
