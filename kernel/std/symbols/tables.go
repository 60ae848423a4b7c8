package symbols

// This file defines tables that stay loaded.

import (
	"reflect"
	"sync"
)

// Tables holds the symbols of the packages that were asked for. The zero value is ready for use; its methods are
// safe for concurrent use.
type Tables struct {
	// Load makes the table of a package, once; nil is the function Load. It must not call Find.
	Load func(path string) map[string]reflect.Value

	mu     sync.Mutex // protects the field below
	loaded map[string]map[string]reflect.Value
}

// Find returns a package's symbol, and false if there is no such symbol or no such package.
func (t *Tables) Find(path, name string) (reflect.Value, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	table, ok := t.loaded[path]
	if !ok {
		if t.Load != nil {
			table = t.Load(path)
		} else {
			table = Load(path)
		}
		if t.loaded == nil {
			t.loaded = map[string]map[string]reflect.Value{}
		}
		t.loaded[path] = table
	}
	v, ok := table[name]
	return v, ok
}

// Type returns the type of this name, nil if there is none, for std.Importer. Name must be that of a type.
func (t *Tables) Type(path, name string) reflect.Type {
	if v, ok := t.Find(path, name); ok && v.Kind() == reflect.Pointer {
		return v.Type().Elem()
	}
	return nil
}
