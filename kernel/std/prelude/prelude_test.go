package prelude_test

// This file defines the comparison of the prelude with the standard library: by its declarations, and by
// what its functions do.

import (
	"bytes"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/std"
	"gilkernel/kernel/std/prelude"
	ownhkdf "gilkernel/kernel/std/prelude/src/hkdf"
	ownpbkdf2 "gilkernel/kernel/std/prelude/src/pbkdf2"
	own "gilkernel/kernel/std/prelude/src/slices"
	ownsql "gilkernel/kernel/std/prelude/src/sql"
	"gilkernel/kernel/std/symbols"
)

// No package with generic functions is forgotten.
func TestPackages(t *testing.T) {
	imp := &std.Importer{}
	for _, path := range symbols.Packages() {
		std, err := imp.Import(path)
		if err != nil || strings.HasPrefix(path, "gilkernel/") {
			continue
		}
		for _, n := range std.Scope().Names() {
			fn, ok := std.Scope().Lookup(n).(*types.Func)
			if ok && fn.Exported() && fn.Signature().TypeParams().Len() > 0 &&
				!slices.Contains(prelude.Paths(), path) {
				t.Errorf("%s.%s is generic, and the prelude has no %s", path, n, path)
			}
		}
	}
}

// Every exported generic function of the prelude's packages has the type parameters and the signature
// that the standard library's has.
func TestDeclarations(t *testing.T) {
	imp := &std.Importer{}
	source := importer.ForCompiler(token.NewFileSet(), "source", nil)
	for _, path := range prelude.Paths() {
		std, err := imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := prelude.Source(path)
		mine, err := source.Import("gilkernel/kernel/std/prelude/src/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text := func(o types.Object) string {
			s := types.ObjectString(o, func(p *types.Package) string { return p.Name() })
			return strings.NewReplacer("gilkernel/kernel/std/prelude/src/", "").Replace(s)
		}
		for _, n := range std.Scope().Names() {
			o := std.Scope().Lookup(n)
			fn, ok := o.(*types.Func)
			if !ok || !o.Exported() || fn.Signature().TypeParams().Len() == 0 {
				continue
			}
			m := mine.Scope().Lookup(n)
			if m == nil {
				t.Errorf("%s.%s is missing", path, n)
				continue
			}
			a, b := fn.Signature().TypeParams(), m.(*types.Func).Signature().TypeParams()
			if a.Len() != b.Len() {
				t.Errorf("%s.%s: %s, want %s", path, n, text(m), text(o))
			}
		}
	}
}

// Keys are derived as the standard library derives them.
func TestKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	random := func(n int) []byte {
		b := make([]byte, r.IntN(n))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	for range 200 {
		secret, salt, n := random(80), random(80), r.IntN(200)
		iter := 1 + r.IntN(5)
		a, errA := ownpbkdf2.Key(sha256.New, string(secret), salt, iter, n)
		b, errB := pbkdf2.Key(sha256.New, string(secret), salt, iter, n)
		if !bytes.Equal(a, b) || (errA == nil) != (errB == nil) {
			t.Errorf("pbkdf2: %x, want %x (%v, %v)", a, b, errA, errB)
		}
		info := string(random(20))
		a, errA = ownhkdf.Key(sha256.New, secret, salt, info, n)
		b, errB = hkdf.Key(sha256.New, secret, salt, info, n)
		if !bytes.Equal(a, b) || (errA == nil) != (errB == nil) {
			t.Errorf("hkdf: %x, want %x (%v, %v)", a, b, errA, errB)
		}
	}
}

// The functions of slices do what the standard library's do, with random arguments.
func TestSlices(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func() []int {
		s := make([]int, r.IntN(20), 30)
		for i := range s {
			s[i] = r.IntN(8)
		}
		return s
	}
	same := func(name string, got, want any, equal bool) {
		if !equal {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for range 2000 {
		s := random()
		c := func() []int { return append(make([]int, 0, cap(s)), s...) }
		i := r.IntN(len(s) + 1)
		j := i + r.IntN(len(s)-i+1)
		v := random()
		x, y := own.Insert(c(), i, v...), slices.Insert(c(), i, v...)
		same("Insert", x, y, slices.Equal(x, y))
		x, y = own.Replace(c(), i, j, v...), slices.Replace(c(), i, j, v...)
		same("Replace", x, y, slices.Equal(x, y))
		x, y = own.Delete(c(), i, j), slices.Delete(c(), i, j)
		same("Delete", x[:cap(x)], y[:cap(y)], slices.Equal(x[:cap(x)], y[:cap(y)]))
		x, y = own.Compact(c()), slices.Compact(c())
		same("Compact", x, y, slices.Equal(x, y))
		odd := func(n int) bool { return n%2 == 1 }
		x, y = own.DeleteFunc(c(), odd), slices.DeleteFunc(c(), odd)
		same("DeleteFunc", x, y, slices.Equal(x, y))
		x, y = c(), c()
		own.Sort(x)
		slices.Sort(y)
		same("Sort", x, y, slices.Equal(x, y))
		x, y = c(), c()
		by := func(a, b int) int { return a/3 - b/3 }
		own.SortFunc(x, by)
		slices.SortFunc(y, by)
		same("SortFunc", x, y, slices.Equal(x, y))
		n, ok := own.BinarySearch(y, 5)
		m, ok2 := slices.BinarySearch(y, 5)
		same("BinarySearch", n, m, n == m && ok == ok2)
		same("Compare", 0, 0, own.Compare(s, v) == slices.Compare(s, v))
		near := func(a, b int) bool { return a-b <= 1 }
		x, y = own.CompactFunc(c(), near), slices.CompactFunc(c(), near)
		same("CompactFunc", x, y, slices.Equal(x, y))
		x, y = own.Repeat(s, 3), slices.Repeat(s, 3)
		same("Repeat", x, y, slices.Equal(x, y))
		x, y = own.Concat(s, v, s), slices.Concat(s, v, s)
		same("Concat", x, y, slices.Equal(x, y))
	}
	f := []float64{2, math.NaN(), 1, math.Inf(-1)}
	own.Sort(f)
	if !math.IsNaN(f[0]) || f[1] != math.Inf(-1) {
		t.Errorf("Sort: NaNs don't come first: %v", f)
	}
	if own.Clone([]int(nil)) != nil || own.Collect(own.Values([]int{})) != nil {
		t.Error("nil doesn't stay nil")
	}
}

// Columns that may be NULL get the values, and the errors, that the standard library gives them.
func TestNull(t *testing.T) {
	now := time.Now()
	values := []any{nil, int64(5), int64(-1), int64(300), 2.5, true, []byte("7"), "7", "x", "true", now, []byte(nil)}
	scan(t, values, new(ownsql.Null[int]), new(sql.Null[int]))
	scan(t, values, new(ownsql.Null[int8]), new(sql.Null[int8]))
	scan(t, values, new(ownsql.Null[uint8]), new(sql.Null[uint8]))
	scan(t, values, new(ownsql.Null[string]), new(sql.Null[string]))
	scan(t, values, new(ownsql.Null[float64]), new(sql.Null[float64]))
	scan(t, values, new(ownsql.Null[bool]), new(sql.Null[bool]))
	scan(t, values, new(ownsql.Null[[]byte]), new(sql.Null[[]byte]))
	scan(t, values, new(ownsql.Null[any]), new(sql.Null[any]))
	scan(t, values, new(ownsql.Null[time.Time]), new(sql.Null[time.Time]))
	scan(t, values, new(ownsql.Null[sql.NullInt64]), new(sql.Null[sql.NullInt64]))
	scan(t, values, new(ownsql.Null[struct{}]), new(sql.Null[struct{}]))
}

type column interface {
	sql.Scanner
	driver.Valuer
}

func scan(t *testing.T, values []any, a, b column) {
	t.Helper()
	for _, v := range values {
		errA, errB := a.Scan(v), b.Scan(v)
		if (errA == nil) != (errB == nil) {
			t.Errorf("%T %T(%v): %v, want %v", b, v, v, errA, errB)
			continue
		}
		if errA != nil {
			continue // whether it is valid then depends on the release: since Go 1.27 it isn't
		}
		x, errA := a.Value()
		y, errB := b.Value()
		if fmt.Sprintf("%T %v", x, x) != fmt.Sprintf("%T %v", y, y) || (errA == nil) != (errB == nil) {
			t.Errorf("%T %T(%v) is %T %v (%v), want %T %v (%v)", b, v, v, x, x, errA, y, y, errB)
		}
	}
}
