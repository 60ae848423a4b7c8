package exec

// This file defines which code has effects beyond the variables of its process: it prints, waits, starts a goroutine or
// a process, or asks for something outside the process. Code whose effects aren't known counts as having one.

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A scan is what a piece of source does by itself, what it reads, and what it calls.
type scan struct {
	effect string         // beyond variables; "" if nothing
	reads  []types.Object // package variables that it mentions
	calls  []*types.Func  // functions of sources
}

// scan analyses the source of a function or a declaration. A function literal counts only if this source may call it.
func (e *Engine) scan(src *source, root ast.Node) *scan {
	s := &scan{}
	all := invokes(src, root)
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return all
		case *ast.GoStmt:
			s.effect = "it starts a goroutine"
		case *ast.SendStmt, *ast.SelectStmt:
			s.effect = "it waits for a channel"
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				s.effect = "it waits for a channel"
			}
		case *ast.RangeStmt:
			if t := src.info.TypeOf(n.X); t != nil {
				switch t.Underlying().(type) {
				case *types.Chan, *types.Signature:
					s.effect = "it ranges over a channel or a function"
				}
			}
		case *ast.CallExpr:
			if what := e.callEffect(src, n); what != "" {
				s.effect = what
			}
			s.calls = append(s.calls, calledFunc(src, n)...)
		case *ast.Ident:
			switch o := src.info.Uses[n].(type) {
			case *types.Var:
				if e.globals[o] != nil {
					s.reads = note(s.reads, types.Object(o))
				}
			case *types.Func:
				if all && ownPackage(o) {
					s.calls = append(s.calls, o)
				}
			}
		}
		return true
	})
	return s
}

func ownPackage(o types.Object) bool { return o.Pkg() != nil && o.Pkg().Path() == mainPath }

// invokes reports whether a piece of source calls a function literal, or gives a function to compiled code, which may
// call it.
func invokes(src *source, root ast.Node) (found bool) {
	ast.Inspect(root, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return !found
		}
		if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
			found = true
		}
		if o := callee(src, call); o != nil && !ownPackage(o) {
			for _, a := range call.Args {
				if t := src.info.TypeOf(a); t != nil {
					_, is := t.Underlying().(*types.Signature)
					found = found || is
				}
			}
		}
		return !found
	})
	return found
}

// callee returns what a call calls, if its source says so: a function, a method of a known type, or a builtin. nil is a
// function value or a method by interface.
func callee(src *source, call *ast.CallExpr) types.Object {
	o, s := named(src, call)
	if s != nil && (s.Kind() != types.MethodVal || types.IsInterface(s.Recv())) {
		return nil
	}
	return o
}

// named returns what a call names: as callee, or a variable, a field or a method of an interface. s is its selection,
// nil if there is none.
func named(src *source, call *ast.CallExpr) (o types.Object, s *types.Selection) {
	fun := ast.Unparen(call.Fun)
	switch f := fun.(type) {
	case *ast.IndexExpr:
		fun = ast.Unparen(f.X)
	case *ast.IndexListExpr:
		fun = ast.Unparen(f.X)
	}
	switch f := fun.(type) {
	case *ast.Ident:
		return src.info.Uses[f], nil
	case *ast.SelectorExpr:
		return src.info.Uses[f.Sel], src.info.Selections[f]
	}
	return nil, nil
}

// calledFunc returns the functions of sources that a call calls: its own, or those that compiled code calls to show or
// order its arguments.
func calledFunc(src *source, call *ast.CallExpr) (list []*types.Func) {
	switch o := callee(src, call).(type) {
	case *types.Func:
		if ownPackage(o) {
			return []*types.Func{o}
		}
		for _, a := range call.Args {
			t := src.info.TypeOf(a)
			if t == nil {
				continue
			}
			n := namedOf(t)
			if n == nil || !ownPackage(n.Obj()) {
				continue
			}
			for i := range n.NumMethods() {
				switch n.Method(i).Name() {
				case "String", "GoString", "Error", "Format", "Unwrap", "Is", "As", "Len", "Less", "Swap", "Push",
					"Pop", "Compare", "Equal":
					list = append(list, n.Method(i))
				}
			}
		}
	}
	return list
}

// callEffect returns what a call does beyond variables, apart from its arguments.
func (e *Engine) callEffect(src *source, call *ast.CallExpr) string {
	fun := ast.Unparen(call.Fun)
	if tv, ok := src.info.Types[fun]; ok && tv.IsType() {
		return ""
	}
	if _, ok := fun.(*ast.FuncLit); ok {
		return ""
	}
	switch o := callee(src, call).(type) {
	case *types.Builtin:
		if o.Name() != "print" && o.Name() != "println" && o.Name() != "close" {
			return ""
		}
	case *types.Func:
		if o.Pkg() == nil || o.Pkg().Path() == mainPath {
			return ""
		}
		recv := ""
		if r := o.Signature().Recv(); r != nil {
			if n := namedOf(r.Type()); n != nil {
				recv = n.Obj().Name()
			}
		}
		if pureFunction(o.Pkg().Path(), recv, o.Name()) {
			return ""
		}
	}
	return "it calls " + types.ExprString(call.Fun)
}

// pureFunction reports whether a compiled function or method is known to have no effect. The learner gets a note about
// one that isn't in its table.
func pureFunction(path, recv, name string) bool {
	switch path {
	case "bytes", "cmp", "container/heap", "container/list", "container/ring", "encoding/base32", "encoding/base64",
		"encoding/binary", "encoding/hex", "errors", "html",
		"maps", "math", "math/big", "math/bits", "math/cmplx", "net/url", "path", "regexp", "slices", "sort", "strconv",
		"strings", "sync/atomic", "text/template",
		"unicode", "unicode/utf16", "unicode/utf8",
		"crypto/md5", "crypto/sha1", "crypto/sha256", "crypto/sha512", "hash/adler32", "hash/crc32", "hash/crc64",
		"hash/fnv":
		return true
	case "fmt":
		return strings.HasPrefix(name, "Sprint") || name == "Errorf" || name == "Append" || name == "Appendf" ||
			name == "Appendln"
	case "math/rand", "math/rand/v2": // with a seed of its own
		return recv != "" || strings.HasPrefix(name, "New")
	case "time":
		switch name {
		case "Date", "Unix", "UnixMilli", "UnixMicro", "Parse", "ParseDuration", "FixedZone":
			return true
		}
		return recv == "Duration" || recv == "Month" || recv == "Weekday" || recv == "Time" && name != "Local"
	case "sync":
		return recv == "" && strings.HasPrefix(name, "New")
	case "context":
		return name == "Background" || name == "TODO"
	case "path/filepath":
		return name == "Join" || name == "Base" || name == "Dir" || name == "Ext" || name == "Clean"
	case "gilkernel/runtime/threading", "gilkernel/runtime/queue", "gilkernel/runtime/futures":
		return recv == "" && strings.HasPrefix(name, "New") && name != "NewTimer"
	case "gilkernel/runtime/multiprocessing": // the objects, which a new process makes anew, as it does in Python
		switch name {
		case "NewLock", "NewRLock", "NewSemaphore", "NewBoundedSemaphore", "NewCondition", "NewEvent", "NewBarrier",
			"NewQueue", "NewJoinableQueue", "NewSimpleQueue",
			"NewValue", "NewArray", "Pipe", "Duplex", "GetContext", "CPUCount":
			return true
		}
	case "gilkernel/runtime/exceptions":
		return true
	}
	return false
}
