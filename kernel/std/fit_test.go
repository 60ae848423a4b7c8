package std_test

// This file tests that structs take the layout that the program has.

import (
	"fmt"
	"go/types"
	"reflect"
	"testing"

	"gilkernel/kernel/std"
)

// A Go that has given structs other fields: new ones before and behind, and one of another type.
func TestImporterFits(t *testing.T) {
	type point struct {
		Extra map[string]int
		X, Y  int
		_     [3]byte
	}
	type rectangle struct{ Min, Max point }
	clock := reflect.StructOf([]reflect.StructField{
		{Name: "wall", PkgPath: "time", Type: reflect.TypeFor[uint64]()},
		{Name: "ext", PkgPath: "time", Type: reflect.TypeFor[string]()}, // an int64 in the export data
		{Name: "loc", PkgPath: "time", Type: reflect.TypeFor[*int]()},
	})
	reals := map[string]reflect.Type{"image.Point": reflect.TypeFor[point](),
		"image.Rectangle": reflect.TypeFor[rectangle](), "time.Time": clock}
	imp := &std.Importer{Real: func(path, name string) reflect.Type { return reals[path+"."+name] }}
	for _, row := range []struct{ path, name, fields string }{
		{"image", "Point", "_ map[bool]bool 0; X int 8; Y int 16; _ [3]uint8 24; "},
		{"image", "Rectangle", "Min image.Point 0; Max image.Point 32; "},
		{"time", "Time", "wall uint64 0; ext string 8; loc unsafe.Pointer 24; "},
		{"time", "Month", ""},
		{"image", "Config", "ColorModel image/color.Model 0; Width int 16; Height int 24; "},
	} {
		p, err := imp.Import(row.path)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if s, ok := p.Scope().Lookup(row.name).Type().Underlying().(*types.Struct); ok {
			var fields []*types.Var
			for v := range s.Fields() {
				fields = append(fields, v)
			}
			for i, at := range types.SizesFor("gc", "amd64").Offsetsof(fields) {
				got += fmt.Sprintf("%s %s %d; ", fields[i].Name(), fields[i].Type(), at)
			}
		}
		if got != row.fields {
			t.Errorf("%s.%s: got %q, want %q", row.path, row.name, got, row.fields)
		}
	}
}
