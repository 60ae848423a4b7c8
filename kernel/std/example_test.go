package std_test

// This file holds the examples.

import (
	"fmt"

	"gilkernel/kernel/std"
)

func ExampleImporter() {
	var im std.Importer
	p, err := im.Import("strings")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Scope().Lookup("ToUpper"))
	// Output: func strings.ToUpper(s string) string
}

func ExampleLookup() {
	fmt.Println(std.Lookup("rand", []string{"IntN"}))
	fmt.Println(std.Lookup("template", []string{"New", "HTML"}))
	// Output:
	// [math/rand/v2]
	// [html/template]
}

func ExampleDoc() {
	text, _ := std.Doc("sync", "WaitGroup.Wait")
	fmt.Println(text)
	// Output:
	// func (wg *WaitGroup) Wait()
	//
	// Wait blocks until the WaitGroup task counter is zero.
}
