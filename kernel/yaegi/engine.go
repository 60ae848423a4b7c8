package yaegi

// This file defines the engine: the path of one body.

import (
	"fmt"
	"go/ast"
	"go/types"
	"io"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/traefik/yaegi/interp"

	"gilkernel/kernel/exec"
)

// MaxCalls is how many calls may be open in a goroutine: one takes some 8 kB of its stack, so that the runtime's limit
// of a gigabyte is far.
const MaxCalls = 20_000

// Engine compiles bodies for exec.Engine.SetBodies. It has no state: each body has an interpreter of its own, which
// the garbage collector takes with the body.
type Engine struct{}

// Compile implements exec.Bodies.
func (Engine) Compile(b *exec.Body) func(fr *exec.Frame) {
	text, u := lower(b)
	run, err := compile(text, u)
	if err != nil {
		b.Refuse(b.Block(), Refusal(b.Name(), err.Error()))
	}
	return run
}

// Refusal is the error text for what yaegi can't run, with the reason.
func Refusal(what, why string) string {
	if what == "" {
		what = "this"
	}
	if len(why) > 200 {
		why = why[:200] + "…"
	}
	return fmt.Sprintf("yaegi can't run %s (%s): `%%engine exec` runs it", what, why)
}

// compile makes a text with a function Body what runs it.
func compile(text string, u *unit) (run func(fr *exec.Frame), err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("yaegi failed: %v", v)
		}
	}()
	// yaegi prints each frame that a panic passes, whether something recovers it or not.
	i := interp.New(interp.Options{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard})
	if err := i.Use(interp.Exports{"k/k": u.symbols}); err != nil {
		return nil, err
	}
	if _, err := i.Eval(text); err != nil {
		return nil, err
	}
	for name, tell := range u.loops {
		loop, err := function[func(*exec.Frame) int](i, name)
		if err != nil {
			return nil, err
		}
		tell(loop)
	}
	body, err := function[func(*exec.Frame) int](i, "Body")
	return func(fr *exec.Frame) { body(fr) }, err
}

// function returns a function that a text has declared.
func function[F any](i *interp.Interpreter, name string) (f F, err error) {
	v, err := i.Eval(name)
	if err != nil {
		return f, err
	}
	f, ok := v.Interface().(F)
	if !ok {
		return f, fmt.Errorf("yaegi made a %s of it", v.Type())
	}
	return f, nil
}

// lower returns a body's text and what belongs to it.
func lower(b *exec.Body) (text string, u *unit) {
	s := newSurvey()
	newGen(b, &unit{survey: s, dry: true}, nil).stmts(b.Block().List)
	u = &unit{survey: s, symbols: map[string]reflect.Value{"F": reflect.ValueOf((*exec.Frame)(nil))},
		loops: map[string]func(func(fr *exec.Frame) int){}}
	g := newGen(b, u, nil)
	g.stmts(b.Block().List)
	var w strings.Builder
	w.WriteString("package main\n\nimport \"k\"\n")
	for _, f := range append(g.funcs, g.text("Body")) {
		w.WriteString("\n" + f)
	}
	return w.String(), u
}

// unit is what all functions of one text share.
type unit struct {
	survey  *survey
	dry     bool                                          // nothing is generated: what is found goes to the survey
	symbols map[string]reflect.Value                      // nil during the survey
	funcs   []string                                      // of bodies of ranges over functions
	loops   map[string]func(run func(fr *exec.Frame) int) // receive what runs each of funcs
	number  int                                           // of the newest name
}

// gen generates one function of a text.
type gen struct {
	*unit
	b     *exec.Body
	id    string // the same in the survey and in the generation
	outer *gen   // of the body of a range over a function

	exits    []func(g *gen) // how the body of a range over a function leaves the loop, in the outer function's words
	inner    int            // how many such bodies stand in this function
	targets  []*target
	label    string // of the statement that comes next
	fall     string // where fallthrough goes
	declared []string
	entry    []string
	lines    []string
	names    map[types.Object]string // of the variables that yaegi keeps
	address  map[types.Object]string // of the variables that hold the addresses of others
	guarded  bool                    // indexes are checked by statements before
	threw    bool                    // a part of the expression that is generated may have panicked
	panicked string                  // the variable that holds the address of what says so; "": none
	flag     string                  // the variable that holds the address of the flag; "": none
	steps    string                  // the same for writes with steps
}

func newGen(b *exec.Body, u *unit, outer *gen) *gen {
	g := &gen{unit: u, b: b, outer: outer, id: "f", names: map[types.Object]string{},
		address: map[types.Object]string{}}
	if outer != nil {
		outer.inner++
		g.id = fmt.Sprintf("%s.%d", outer.id, outer.inner)
	}
	return g
}

// text returns the generated function. Its result says how a loop's body leaves the loop. Others have one too, as yaegi
// 0.16 runs a return without one that several jumps lead to into endless recursion.
func (g *gen) text(name string) string {
	var w strings.Builder
	fmt.Fprintf(&w, "func %s(fr *k.F) int {\n", name)
	for _, list := range [][]string{g.declared, g.entry, joined(g.lines)} {
		for _, l := range list {
			w.WriteString("\t" + l + "\n")
		}
	}
	w.WriteString("\treturn 0\n}\n")
	return w.String()
}

// jumps finds the jumps in a line.
var jumps = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`goto (\w+)`)
})

// joined returns the lines with one label where several follow each other, and without those that nothing jumps to:
// yaegi knows only the first of them.
func joined(lines []string) []string {
	same, wanted := map[string]string{}, map[string]bool{}
	var kept []string
	last := "" // the label that was added last, if nothing follows it yet
	for _, l := range lines {
		label, ok := strings.CutSuffix(l, ":")
		switch {
		case !ok:
			last = ""
			for _, m := range jumps().FindAllStringSubmatch(l, -1) {
				wanted[m[1]] = true
			}
		case last != "":
			same[label] = last
			continue
		default:
			last = label
		}
		kept = append(kept, l)
	}
	for from, to := range same {
		wanted[to] = wanted[to] || wanted[from]
	}
	var out []string
	for _, l := range kept {
		if label, ok := strings.CutSuffix(l, ":"); ok {
			if wanted[label] {
				out = append(out, l)
			}
			continue
		}
		out = append(out, jumps().ReplaceAllStringFunc(l, func(j string) string {
			if to := same[j[len("goto "):]]; to != "" {
				return "goto " + to
			}
			return j
		}))
	}
	return out
}

// line adds a line.
func (g *gen) line(format string, args ...any) {
	if !g.dry {
		g.lines = append(g.lines, fmt.Sprintf(format, args...))
	}
}

// name returns a new name.
func (g *gen) name(prefix string) string {
	g.number++
	return fmt.Sprintf("%s%d", prefix, g.number)
}

// symbol makes v known to the text and returns its name there.
func (g *gen) symbol(v any) string {
	name := g.name("S")
	rv, ok := v.(reflect.Value)
	if !ok {
		rv = reflect.ValueOf(v)
	}
	g.symbols[name] = rv
	return "k." + name
}

// temp declares a variable of yaegi's and returns its name.
func (g *gen) temp(typ string) string {
	name := g.name("t")
	g.declared = append(g.declared, "var "+name+" "+typ)
	return name
}

// call adds the call of a piece; nil is nothing. nodes are the source of one that may call functions.
func (g *gen) call(f func(fr *exec.Frame), nodes ...ast.Node) {
	switch {
	case f == nil:
	case g.throws(nodes...):
		g.line("%s(fr)", g.symbol(g.b.Throwing(f)))
		g.thrown()
	default:
		g.line("%s(fr)", g.symbol(f))
	}
}
