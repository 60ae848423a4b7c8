package worker

// This file recognizes what a program that is linked with a C library writes before it aborts itself: runtime/cgo's
// fatalf, which knows neither link.CrashFD nor the lock that keeps the runtime's own words together.

import (
	"regexp"
	"strings"
	"sync"
)

// lastNative matches a piece of what fatalf writes for threads: the library makes a write(2) of each, so other threads
// write between them, and two that fail at once are mixed. The errors are those of pthread_create(3) and malloc(3).
var lastNative = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`runtime/cgo: (out of memory in thread_start\n)?|` +
		`(pthread_create|malloc) failed: (Resource temporarily unavailable|(Cannot allocate|Out of) memory|` +
		`Operation not permitted|Invalid argument)`)
})

// cutNative removes the pieces of lastNative from text and returns them as one line; native is "" if they don't say why
// the program aborted.
func cutNative(text string) (rest, native string) {
	const prefix = "runtime/cgo: "
	if !strings.Contains(text, prefix) && !strings.Contains(text, " failed: ") {
		return text, "" // compiling a pattern costs more than most cells
	}
	for _, piece := range lastNative().FindAllString(text, -1) {
		if piece = strings.TrimPrefix(strings.TrimSuffix(piece, "\n"), prefix); piece != "" {
			return lastNative().ReplaceAllString(text, ""), prefix + piece + "\n"
		}
	}
	return text, ""
}
