package symbols

// This file defines what yaegi needs beside the tables: which wrappers a value gets in a parameter
// of type any, and the parts of package unsafe that aren't functions in Go.

import (
	"encoding"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log"
	"reflect"
)

// Special returns the tables that yaegi recognises by their key and doesn't offer for import: "."
// holds MapTypes, and yaegi's own path the conversions of unsafe pointers. Each call makes new
// maps. It may be called concurrently.
func Special() map[string]map[string]reflect.Value {
	return map[string]map[string]reflect.Value{
		".":                              {"MapTypes": reflect.ValueOf(MapTypes())},
		"github.com/traefik/yaegi/yaegi": {"convert": reflect.ValueOf(convert)},
	}
}

// MapTypes returns the interfaces that a function with parameters of type any asks its arguments
// for: a value of a type declared in a cell has no methods that compiled code can see, so yaegi
// wraps it for the first interface of the list that it satisfies. For the wrapper of an interface
// it returns the larger wrappers to prefer. Each call makes a new map.
//
// A key is a function's reflect.Value: whoever binds another function to the name must copy the
// entry. Methods (json.Encoder.Encode) have no entry, because yaegi looks up functions only.
func MapTypes() map[reflect.Value][]reflect.Type {
	m := map[reflect.Value][]reflect.Type{}
	set := func(interfaces []reflect.Type, functions ...any) {
		for _, f := range functions {
			m[reflect.ValueOf(f)] = interfaces
		}
	}
	// The order in which fmt asks. Formatter comes first because it decides alone.
	set([]reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[error](), reflect.TypeFor[fmt.Stringer]()},
		fmt.Append, fmt.Appendf, fmt.Appendln, fmt.Errorf, fmt.Fprint, fmt.Fprintf, fmt.Fprintln,
		fmt.Print, fmt.Printf, fmt.Println, fmt.Sprint, fmt.Sprintf, fmt.Sprintln,
		log.Fatal, log.Fatalf, log.Fatalln, log.Panic, log.Panicf, log.Panicln, log.Print, log.Printf, log.Println)
	set([]reflect.Type{reflect.TypeFor[fmt.Scanner]()},
		fmt.Fscan, fmt.Fscanf, fmt.Fscanln, fmt.Scan, fmt.Scanf, fmt.Scanln, fmt.Sscan, fmt.Sscanf, fmt.Sscanln)
	set([]reflect.Type{reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()}, json.Marshal, json.MarshalIndent)
	set([]reflect.Type{reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}, json.Unmarshal)
	set([]reflect.Type{reflect.TypeFor[xml.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()}, xml.Marshal, xml.MarshalIndent)
	set([]reflect.Type{reflect.TypeFor[xml.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}, xml.Unmarshal)

	// The larger wrapper comes first.
	set([]reflect.Type{reflect.TypeFor[responseStreamer](), reflect.TypeFor[responseHijacker](), reflect.TypeFor[responseFlusher]()}, (*_net_http_ResponseWriter)(nil))
	set([]reflect.Type{reflect.TypeFor[readerWriterTo]()}, (*_io_Reader)(nil))
	set([]reflect.Type{reflect.TypeFor[writerReaderFrom]()}, (*_io_Writer)(nil))
	return m
}
