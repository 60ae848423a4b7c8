package yaegi

// This file defines the types that yaegi sees: a value of a cell's type is handed over as one of the basic type with
// the same memory, or as a slice of those.

import (
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"strings"
)

// repr is how yaegi sees a type.
type repr struct {
	text string
	rt   reflect.Type
	kind types.BasicKind // Invalid for slices
	elem *repr           // of a slice
}

var basics = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](),
	types.Int16: reflect.TypeFor[int16](), types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](),
	types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.String: reflect.TypeFor[string](),
}

// deepest is how many slices yaegi sees within each other: a type may be a slice of itself.
const deepest = 3

// reprOf returns how yaegi sees a type, nil if it doesn't.
func reprOf(t types.Type) *repr { return reprWithin(t, deepest) }

func reprWithin(t types.Type, depth int) *repr {
	if t == nil {
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsUntyped != 0 {
			u = types.Default(u).(*types.Basic)
		}
		if rt := basics[u.Kind()]; rt != nil {
			return &repr{text: rt.String(), rt: rt, kind: u.Kind()}
		}
	case *types.Slice:
		if _, ok := types.Unalias(t).(*types.TypeParam); ok || depth == 0 {
			return nil
		}
		if e := reprWithin(u.Elem(), depth-1); e != nil {
			return &repr{text: "[]" + e.text, rt: reflect.SliceOf(e.rt), elem: e}
		}
	}
	return nil
}

// is reports whether the type has one of these properties.
func (r *repr) is(info types.BasicInfo) bool {
	return r.elem == nil && types.Typ[r.kind].Info()&info != 0
}

// smallConst bounds the numbers that are written as they are: yaegi's own constants of large unsigned types are signed.
const smallConst = 1 << 31

// constant returns the text of a constant.
func (g *gen) constant(v constant.Value, r *repr) string {
	switch {
	case r.is(types.IsBoolean):
		return strconv.FormatBool(constant.BoolVal(v))
	case r.is(types.IsString):
		if s := constant.StringVal(v); !strings.ContainsRune(s, 0) {
			return strconv.Quote(s)
		}
	case r.kind == types.Int:
		if n, ok := constant.Int64Val(constant.ToInt(v)); ok && n > -smallConst && n < smallConst {
			if n < 0 {
				return "(" + strconv.FormatInt(n, 10) + ")"
			}
			return strconv.FormatInt(n, 10)
		}
	}
	if g.dry {
		return "0"
	}
	p := reflect.New(r.rt).Elem() // a variable: it has the type that it has
	switch {
	case r.is(types.IsString):
		p.SetString(constant.StringVal(v))
	case r.is(types.IsUnsigned):
		n, _ := constant.Uint64Val(constant.ToInt(v))
		p.SetUint(n)
	case r.is(types.IsInteger):
		n, _ := constant.Int64Val(constant.ToInt(v))
		p.SetInt(n)
	case r.kind == types.Float32:
		f, _ := constant.Float32Val(constant.ToFloat(v))
		p.SetFloat(float64(f))
	default:
		f, _ := constant.Float64Val(constant.ToFloat(v))
		p.SetFloat(f)
	}
	return g.symbol(p)
}

// negated are the comparisons that say the opposite, for values that are ordered totally.
var negated = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ,
	token.LEQ: token.GTR,
}
