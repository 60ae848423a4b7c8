package rtype_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/exec/rtype"
)

func TestMapsAndEquality(t *testing.T) {
	for _, under := range []reflect.Type{
		rtype.StructOf([]reflect.StructField{field("x", reflect.TypeFor[int]()), field("s", reflect.TypeFor[string]()),
			field("_", reflect.TypeFor[int]()), field("a", reflect.TypeFor[any]())}),
		rtype.StructOf([]reflect.StructField{embed("Duration", reflect.TypeFor[time.Duration]()),
			field("b", reflect.TypeFor[string]())}),
		reflect.TypeFor[string](), reflect.TypeFor[float64](), reflect.TypeFor[int8](), reflect.TypeFor[[3]string](),
	} {
		typ := define("Key", under)
		mk := func(i int) reflect.Value {
			p := reflect.New(typ).Elem()
			setSome(p, i)
			return p
		}
		m := reflect.MakeMap(reflect.MapOf(typ, typ))
		for i := range 100 {
			m.SetMapIndex(mk(i), mk(i+1))
		}
		native := map[any]any{}
		for i := range 100 {
			native[mk(i).Interface()] = i
		}
		if m.Len() != 100 || len(native) != 100 {
			t.Errorf("%v: %d and %d keys", under, m.Len(), len(native))
		}
		for i := range 100 {
			if m.MapIndex(mk(i)).Interface() != mk(i+1).Interface() || native[mk(i).Interface()] != i {
				t.Errorf("%v: key %d is lost", under, i)
			}
		}
	}
}

// setSome gives v, made of basic kinds, a value that depends on i.
func setSome(v reflect.Value, i int) {
	v = reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
	switch v.Kind() {
	case reflect.Struct:
		for j := range v.NumField() {
			if v.Type().Field(j).Name != "_" {
				setSome(v.Field(j), i)
			} else {
				setSome(v.Field(j), rand.Int())
			}
		}
	case reflect.Array:
		for j := range v.Len() {
			setSome(v.Index(j), i)
		}
	case reflect.String:
		v.SetString(strings.Repeat("x", i))
	case reflect.Float64:
		v.SetFloat(float64(i))
	case reflect.Interface:
		v.Set(reflect.ValueOf(fmt.Sprint(i)))
	default:
		v.SetInt(int64(i))
	}
}
