package interp

// This file makes registrations repeatable. The standard library panics when a name is registered twice, but a cell
// that runs again means to replace the old registration.

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/gob"
	"expvar"
	"flag"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
)

// registry holds what cells have registered under names. Its methods may be called concurrently.
type registry struct {
	mu       sync.Mutex // protects the fields below
	handlers map[string]*swapHandler
	vars     map[string]*swapVar
	drivers  map[string]*swapDriver
}

func newRegistry() *registry {
	return &registry{handlers: map[string]*swapHandler{}, vars: map[string]*swapVar{},
		drivers: map[string]*swapDriver{}}
}

// overrides adds replacements for the registering functions of a package.
func (g *registry) overrides(path string, functions map[string]any) {
	switch path {
	case "net/http":
		functions["Handle"] = g.handle
		functions["HandleFunc"] = func(pattern string, h func(http.ResponseWriter, *http.Request)) {
			if h == nil {
				panic("http: nil handler")
			}
			g.handle(pattern, http.HandlerFunc(h))
		}
	case "expvar":
		functions["Publish"] = g.publish
		functions["NewInt"] = func(name string) *expvar.Int { return published(g, name, new(expvar.Int)) }
		functions["NewFloat"] = func(name string) *expvar.Float { return published(g, name, new(expvar.Float)) }
		functions["NewMap"] = func(name string) *expvar.Map { return published(g, name, new(expvar.Map).Init()) }
		functions["NewString"] = func(name string) *expvar.String { return published(g, name, new(expvar.String)) }
		functions["Get"] = func(name string) expvar.Var { return current(expvar.Get(name)) }
		functions["Do"] = func(f func(expvar.KeyValue)) {
			expvar.Do(func(kv expvar.KeyValue) { f(expvar.KeyValue{Key: kv.Key, Value: current(kv.Value)}) })
		}
	case "encoding/gob":
		functions["Register"] = registerGob
	case "database/sql":
		functions["Register"] = g.driver
	case "flag":
		for name, f := range map[string]any{"Bool": flag.Bool, "BoolFunc": flag.BoolFunc, "BoolVar": flag.BoolVar,
			"Duration":    flag.Duration,
			"DurationVar": flag.DurationVar, "Float64": flag.Float64, "Float64Var": flag.Float64Var, "Func": flag.Func,
			"Int": flag.Int, "Int64": flag.Int64,
			"Int64Var": flag.Int64Var, "IntVar": flag.IntVar, "String": flag.String, "StringVar": flag.StringVar,
			"TextVar": flag.TextVar, "Uint": flag.Uint,
			"Uint64": flag.Uint64, "Uint64Var": flag.Uint64Var, "UintVar": flag.UintVar, "Var": flag.Var} {
			functions[name] = g.redefining(f)
		}
	}
}

// A swapHandler is a handler that can be replaced.
type swapHandler struct{ h atomic.Value } // of *http.Handler

func (s *swapHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*s.h.Load().(*http.Handler)).ServeHTTP(w, r)
}

// handle is http.Handle that replaces the handler of a pattern.
func (g *registry) handle(pattern string, h http.Handler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	old := g.handlers[pattern]
	if old == nil || h == nil {
		s := &swapHandler{}
		if h != nil {
			s.h.Store(&h)
			http.Handle(pattern, s) // panics if it isn't a pattern, or conflicts with another one
			g.handlers[pattern] = s
			return
		}
		http.Handle(pattern, nil) // panics
	}
	old.h.Store(&h)
}

// A swapVar is a variable of expvar that can be replaced.
type swapVar struct{ v atomic.Value } // of *expvar.Var

func (s *swapVar) String() string { return (*s.v.Load().(*expvar.Var)).String() }

// current returns the variable that a swapVar holds, or v itself.
func current(v expvar.Var) expvar.Var {
	if s, ok := v.(*swapVar); ok {
		return *s.v.Load().(*expvar.Var)
	}
	return v
}

// publish is expvar.Publish that replaces the variable of a name.
func (g *registry) publish(name string, v expvar.Var) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if old := g.vars[name]; old != nil {
		old.v.Store(&v)
		return
	}
	s := &swapVar{}
	s.v.Store(&v)
	expvar.Publish(name, s)
	g.vars[name] = s
}

func published[V expvar.Var](g *registry, name string, v V) V {
	g.publish(name, v)
	return v
}

// registerGob is gob.Register. A type that a cell declares again gets a new name: gob can't forget the old type, and
// streams with it may still be read.
func registerGob(value any) {
	for version := 1; ; version++ {
		conflict := func() (conflict any) {
			defer func() {
				conflict = recover()
			}()
			if version == 1 {
				gob.Register(value)
			} else {
				gob.RegisterName(fmt.Sprintf("%s (version %d)", reflect.TypeOf(value), version), value)
			}
			return nil
		}()
		switch text := fmt.Sprint(conflict); {
		case conflict == nil:
			return
		case !strings.HasPrefix(text, "gob: registering duplicate"):
			panic(conflict)
		case strings.HasPrefix(text, "gob: registering duplicate names"):
			return // an earlier run has registered the type
		}
	}
}

// A swapDriver is a database driver that can be replaced.
type swapDriver struct{ d atomic.Value } // of *driver.Driver

func (s *swapDriver) Open(name string) (driver.Conn, error) {
	return (*s.d.Load().(*driver.Driver)).Open(name)
}

// OpenConnector implements driver.DriverContext, for drivers that do and for those that don't.
func (s *swapDriver) OpenConnector(name string) (driver.Connector, error) {
	if d, ok := (*s.d.Load().(*driver.Driver)).(driver.DriverContext); ok {
		return d.OpenConnector(name)
	}
	return connector{name, *s.d.Load().(*driver.Driver)}, nil
}

// A connector opens connections as package sql does for a driver without connectors.
type connector struct {
	name string
	d    driver.Driver
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.d.Open(c.name) }
func (c connector) Driver() driver.Driver                        { return c.d }

// driver is sql.Register that replaces the driver of a name.
func (g *registry) driver(name string, d driver.Driver) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if d == nil {
		sql.Register(name, nil) // panics
	}
	if old := g.drivers[name]; old != nil {
		old.d.Store(&d)
		return
	}
	s := &swapDriver{}
	s.d.Store(&d)
	sql.Register(name, s)
	g.drivers[name] = s
}

// redefining returns f, a function of package flag that defines a flag, with the change that it replaces a flag of the
// same name. The name is the function's first string.
func (g *registry) redefining(f any) any {
	v := reflect.ValueOf(f)
	at := 0
	for v.Type().In(at).Kind() != reflect.String {
		at++
	}
	return reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
		g.mu.Lock()
		defer g.mu.Unlock()
		undefine(flag.CommandLine, args[at].String())
		return v.Call(args)
	}).Interface()
}

// undefine removes a flag from a set. Package flag has no function for that, so undefine rebuilds the set without the
// flag.
func undefine(set *flag.FlagSet, name string) {
	if set.Lookup(name) == nil {
		return
	}
	fresh := flag.NewFlagSet(set.Name(), set.ErrorHandling())
	fresh.SetOutput(set.Output())
	fresh.Usage = set.Usage
	set.VisitAll(func(f *flag.Flag) {
		if f.Name != name {
			fresh.Var(f.Value, f.Name, f.Usage)
			fresh.Lookup(f.Name).DefValue = f.DefValue
		}
	})
	*set = *fresh
}
