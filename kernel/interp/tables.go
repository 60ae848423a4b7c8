package interp

// This file defines which symbol tables the interpreter holds: those of imported packages, loaded
// when a source first imports them.

import (
	"fmt"
	"reflect"

	"github.com/traefik/yaegi/interp"

	"gilkernel/runtime/symbols"
)

// nativesPath is the import path of what lowered sources call of the kernel.
const nativesPath = "gilkernel/rt"

// tables loads symbol tables. It is used by one run at a time.
type tables struct {
	yaegi    *interp.Interpreter
	s        *session
	loaded   map[string]bool
	mapTypes map[reflect.Value][]reflect.Type
}

func newTables(i *interp.Interpreter, s *session) *tables {
	return &tables{yaegi: i, s: s, loaded: map[string]bool{}, mapTypes: symbols.MapTypes()}
}

// base loads what every source needs.
func (t *tables) base() error {
	special := symbols.Special()
	special["."] = map[string]reflect.Value{"MapTypes": reflect.ValueOf(t.mapTypes)}
	if err := t.yaegi.Use(special); err != nil {
		return err
	}
	t.loaded[nativesPath] = true
	if err := t.define(nativesPath, "rt", t.s.natives()); err != nil {
		return err
	}
	return t.use([]string{"fmt", "time"})
}

// use loads the tables of packages that aren't loaded yet, with those of the packages whose
// interfaces they mention: yaegi looks for the wrappers of a cell's values there, and crashes if it finds no table.
func (t *tables) use(paths []string) error {
	for len(paths) > 0 {
		path := paths[0]
		paths = paths[1:]
		if t.loaded[path] {
			continue
		}
		table, name := symbols.Load(path), symbols.Name(path)
		if own := t.s.overrides(path); table != nil {
			for symbol, v := range own {
				if types, ok := t.mapTypes[table[symbol]]; ok {
					t.mapTypes[v] = types
				}
				table[symbol] = v
			}
		}
		if table == nil {
			return fmt.Errorf("package %s is not in the interpreter's tables", path)
		}
		t.loaded[path] = true
		if err := t.define(path, name, table); err != nil {
			return err
		}
		paths = append(paths, symbols.Needs(path)...)
	}
	return nil
}

// define gives yaegi a table. The key has one slash more than yaegi's own: with the key "fmt/fmt"
// it would replace fmt.Print and log.Fatal by its own, and compile an old standard library's generic
// packages from source.
func (t *tables) define(path, name string, table map[string]reflect.Value) error {
	return t.yaegi.Use(interp.Exports{
		".":                {"MapTypes": reflect.ValueOf(t.mapTypes)},
		path + "//" + name: table,
	})
}
