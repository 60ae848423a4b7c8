package session

// This file defines how a value that another program has made becomes a variable.

import (
	"fmt"
	"go/token"
	"go/types"
)

// Receive returns Go code that assigns the value that the interpreter keeps as number n to a new variable of this name
// and type: "bool", "int", "float64", "string", "[]byte", "[]any", "map[string]any", "*big.Int", "*display.CapturedIO"
// or "any". forget, which is never nil, must be called after the code was compiled: until then the session has a name
// for the value. It returns an error for another type.
func (s *Session) Receive(name string, n int, typ string) (code string, forget func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.receiveLocked(n, typ); err != nil {
		return "", func() {}, err
	}
	out := outName(n)
	s.told = append(s.told, Change{Receive: &Received{n, typ}})
	return name + " := " + out, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.live, out)
		s.told = append(s.told, Change{Delete: []string{out}})
	}, nil
}

// receiveLocked declares a received value, so that cells can mention it.
func (s *Session) receiveLocked(n int, typ string) (*types.Var, error) {
	t, err := s.receivedType(typ)
	if err != nil {
		return nil, err
	}
	v := types.NewVar(token.NoPos, s.pkg, outName(n), t)
	s.live[v.Name()] = &decl{name: v.Name(), kind: kindOut, obj: v, out: int32(n)}
	return v, nil
}

// receivedType returns a type by its name, which always means Go's type, even if the session has another of this name.
func (s *Session) receivedType(name string) (types.Type, error) {
	anything := types.Universe.Lookup("any").Type()
	switch name {
	case "bool", "int", "float64", "string", "any":
		return types.Universe.Lookup(name).Type(), nil
	case "[]byte":
		return types.NewSlice(types.Universe.Lookup("byte").Type()), nil
	case "[]any":
		return types.NewSlice(anything), nil
	case "map[string]any":
		return types.NewMap(types.Typ[types.String], anything), nil
	case "*big.Int":
		return s.pointerTo("math/big", "Int")
	case "*display.CapturedIO":
		return s.pointerTo("gilkernel/runtime/display", "CapturedIO")
	}
	return nil, fmt.Errorf("receiving a value: no type %q", name)
}

// pointerTo returns a pointer to a type of a compiled package.
func (s *Session) pointerTo(path, name string) (types.Type, error) {
	p, err := s.imp.Import(path)
	if err != nil {
		return nil, fmt.Errorf("receiving a value: %w", err)
	}
	return types.NewPointer(p.Scope().Lookup(name).Type()), nil
}
