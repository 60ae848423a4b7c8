package interp

// This file finds changes that cells make to the process itself. They are lost with the process, so they are sent to
// the kernel process for the next interpreter.

import (
	"os"
	"slices"
	"strings"
	"sync"

	"gilkernel/kernel/link"
)

// A world is the state of the process as the kernel process knows it. Its methods may be called concurrently.
type world struct {
	mu  sync.Mutex // protects the fields below
	dir string
	env []string
}

// told marks the present state as known to the kernel process.
func (w *world) told() { w.changes() }

// changes returns the changes since the last call, nil if there are none. It finds every change, because it compares
// states instead of watching calls; it takes some microseconds.
func (w *world) changes() *link.World {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found link.World
	if dir, err := os.Getwd(); err == nil && dir != w.dir { // an error: the directory was removed
		w.dir, found.Dir = dir, dir
	}
	env := os.Environ()
	if !slices.Equal(env, w.env) {
		was := map[string]string{}
		for _, kv := range w.env {
			k, v, _ := strings.Cut(kv, "=")
			was[k] = v
		}
		for _, kv := range env {
			k, v, _ := strings.Cut(kv, "=")
			if old, ok := was[k]; !ok || old != v {
				found.Env = append(found.Env, kv)
			}
			delete(was, k)
		}
		for k := range was {
			found.Env = append(found.Env, k)
		}
		w.env = env
	}
	if found.Dir == "" && found.Env == nil {
		return nil
	}
	return &found
}
