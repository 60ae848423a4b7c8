package session_test

// This file tests that a cell can be run again, unchanged and edited, in the session that has run it.

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gilkernel/kernel/cell"
	"gilkernel/kernel/session"
)

// edited returns code with a few small edits, as people make them: a token is removed, doubled, moved over another, or
// renamed.
func edited(code string, r *rand.Rand) string {
	var toks []string // with the white space before them
	var names []int   // the indices of names in toks
	src := []byte(code)
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", 1, len(src))
	s.Init(file, src, func(token.Position, string) {}, scanner.ScanComments)
	at := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		size := max(len(lit), 1)
		if !tok.IsLiteral() && tok != token.COMMENT && tok != token.ILLEGAL {
			size = len(tok.String())
		}
		end := min(int(pos)-1+size, len(code))
		if end <= at {
			continue
		}
		if tok == token.IDENT {
			names = append(names, len(toks))
		}
		toks = append(toks, code[at:end])
		at = end
	}
	for range 1 + r.IntN(2) {
		if len(toks) == 0 {
			break
		}
		i, j := r.IntN(len(toks)), r.IntN(len(toks))
		switch r.IntN(5) {
		case 0:
			toks[i] = ""
		case 1:
			toks[i] += " " + strings.TrimSpace(toks[j])
		case 2:
			toks[i], toks[j] = toks[j], toks[i]
		default:
			if len(names) > 0 {
				i, j = names[r.IntN(len(names))], names[r.IntN(len(names))]
				toks[i] = " " + strings.TrimSpace(toks[j])
			}
		}
	}
	return strings.Join(toks, "") + code[at:]
}

// again compiles and commits a cell, and its edits, in one session.
func again(t *testing.T, s sides, n *int, code string, r *rand.Rand) {
	t.Helper()
	for _, code := range []string{code, code, edited(code, r), code, edited(code, r), edited(code, r), code} {
		*n++
		p, err := s.kernel.Compile(fmt.Sprintf("In[%d]", *n), code)
		if err != nil {
			var e *cell.Error
			if !errors.As(err, &e) || e.Name == "InternalError" {
				t.Errorf("Compile(%q): %v", code, err)
			}
			continue
		}
		s.commit(t, p)
	}
}

// replayed compiles the session's Replay in a new session, which must have the same definitions.
func (s sides) replayed(t *testing.T) {
	t.Helper()
	fresh := session.New(&session.Options{Checked: true})
	for _, p := range s.kernel.Replay() {
		for _, ch := range p.Before {
			if _, err := fresh.Apply(ch); err != nil {
				t.Fatal(err)
			}
		}
		q, err := fresh.Compile(p.Label, p.Source)
		if err != nil {
			t.Fatalf("Compile(%q) in a fresh session: %v", p.Source, err)
		}
		fresh.Commit(q)
	}
	for _, v := range s.kernel.Variables() {
		if !slices.ContainsFunc(fresh.Variables(),
			func(w session.Variable) bool { return v.Name == w.Name && v.Type == w.Type }) {
			t.Errorf("%s %s isn't there after the replay, which has %v", v.Name, v.Type, fresh.Variables())
		}
	}
}

func TestRowsAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s, n := newSides(), 0
	for i, code := range rowCells(t) {
		if i%20 == 0 { // keep the definitions of some cells for the next ones
			s.replayed(t)
			s = newSides()
		}
		again(t, s, &n, code, r)
	}
}

func FuzzAgain(f *testing.F) {
	for i, code := range rowCells(f) {
		f.Add(code, uint64(i))
	}
	f.Fuzz(func(t *testing.T, code string, seed uint64) {
		n := 0
		s := newSides()
		again(t, s, &n, code, rand.New(rand.NewPCG(seed, 1)))
		s.replayed(t)
	})
}
