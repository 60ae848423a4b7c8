// Command titles prints names of properties as ZMTP writes them.
package main

import (
	"fmt"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

func main() {
	for _, name := range []string{"socket-type", "Socket-Type", "identity", "Resource", "x-trace_id", "ID", "fOO bar", "",
		"x.509", "a.b", "a.-b", "a..b", "1.2a", "_.a", "9th-x", "a:1b", "it's", "a+b", "-a-", "_a", "1_a", "a.", "don''t"} {
		fmt.Println(cases.Title(language.Und, cases.NoLower).String(name))
	}
}
