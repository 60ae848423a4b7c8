package work

// This file defines the text of the cell.

import (
	_ "embed"
	"strings"
)

//go:embed work.go
var text string

// Cell returns the programs as a cell.
func Cell() string {
	_, code, _ := strings.Cut(text, "\npackage work\n")
	return code
}
