package assist

// This file defines the descriptions of magics, keywords and predeclared names.

import (
	"go/types"
	"strings"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/session"
	"gilkernel/kernel/std"
)

// aboutMagic describes a magic.
func aboutMagic(m cell.Magic) about {
	usage := m.Line
	if m.Line != "" && m.Cell != "" {
		usage += "\n"
	}
	return about{decl: usage + m.Cell, doc: m.Help}
}

// aboutPredeclared describes a predeclared name.
func aboutPredeclared(o types.Object) about {
	a := about{decl: types.ObjectString(o, session.Qualifier)}
	if text, ok := std.Doc("builtin", o.Name()); ok {
		a.decl, a.doc = split2(text)
	} else if o.Name() == "Error" {
		if text, ok := std.Doc("builtin", "error"); ok {
			_, a.doc = split2(text)
		}
	}
	return a
}

// aboutKeyword describes a keyword.
func aboutKeyword(word string) (about, bool) {
	form, text, ok := strings.Cut(keyword(word), "\n")
	return about{decl: form, doc: text}, ok
}

// keyword returns a form and, on the next line, a sentence for each keyword, "" for other words.
func keyword(word string) string {
	switch word {
	case "break":
		return "break [Label]\nEnds the innermost for, switch or select, or the one with the label."
	case "case":
		return "case x, y:\nBegins the statements for some values of a switch, or for a channel operation of a select."
	case "chan":
		return "chan T    <-chan T    chan<- T\n" +
			"The type of a channel: for both directions, to receive from, to send to."
	case "const":
		return "const name = value\nDeclares a constant. In a group, iota counts the lines."
	case "continue":
		return "continue [Label]\nBegins the next round of the innermost for, or of the one with the label."
	case "default":
		return "default:\n" +
			"The statements of a switch when no case fits; of a select when no channel is ready, so that it doesn't " +
			"wait."
	case "defer":
		return "defer f(x)\nCalls f when the function around it ends, also by a panic. The arguments are evaluated now."
	case "else":
		return "if condition { … } else { … }\nWhat is done when the condition doesn't hold."
	case "fallthrough":
		return "fallthrough\nGoes on with the statements of the next case."
	case "for":
		return "for { … }    for condition { … }    for i := 0; i < n; i++ { … }    for i, v := range x { … }\n" +
			"The loop. Each round has variables of its own."
	case "func":
		return "func name(x T) R { … }    func (r T) name(x T) R { … }    func(x T) R { … }\n" +
			"Declares a function or a method, or is a function without a name."
	case "go":
		return "go f(x)\nCalls f in a goroutine of its own and doesn't wait for it. The arguments are evaluated now."
	case "goto":
		return "goto Label\nGoes on at the label."
	case "if":
		return "if condition { … }    if v, ok := f(); ok { … }\nDoes the statements if the condition holds."
	case "import":
		return "import \"path\"    import name \"path\"\n" +
			"Makes a package known. Cells import packages of the standard library by themselves when they are used."
	case "interface":
		return "interface { Method(x T) R }\n" +
			"The type of all values that have the methods; in constraints, of all types of a set."
	case "map":
		return "map[K]V\n" +
			"The type of a map from keys to values. Two goroutines must not use one at the same time if either writes."
	case "package":
		return "package name\nNames a file's package. Cells have no use for it."
	case "range":
		return "for i, v := range x { … }\n" +
			"Goes through a slice, an array, a string, a map, a channel, an integer or a function."
	case "return":
		return "return x, y\nEnds the function with these results."
	case "select":
		return "select { case v := <-c: …  case d <- x: …  default: … }\n" +
			"Waits until one of the channel operations can be done, and does it; of several, one by chance."
	case "struct":
		return "struct { Name string; Age int }\nThe type of values that are made of fields."
	case "switch":
		return "switch x { case 1: …  default: … }    switch v := x.(type) { case int: … }\n" +
			"Does the statements of the first case that fits."
	case "type":
		return "type Name T    type Name = T    type Name[P any] T\nDeclares a type, or another name of one."
	case "var":
		return "var name T    var name = value\nDeclares a variable. Without a value it is zero."
	}
	return ""
}
