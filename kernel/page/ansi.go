package page

// This file defines how a terminal's colours become HTML: the SGR sequences that tracebacks use
// (bold, italic, underline, the sixteen colours). Every other escape sequence is left out.

import (
	"fmt"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

var escape = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("\x1b(?:\\[([0-?]*)[ -/]*([@-~])|\\][^\a\x1b]*(?:\a|\x1b\\\\)?|.)?")
})

// style is what SGR sequences have switched on.
type style struct {
	bold, italic, underline bool
	colour                  int // -1: the page's own
}

func (s style) classes() string {
	var c []string
	if s.bold {
		c = append(c, "ansi-bold")
	}
	if s.italic {
		c = append(c, "ansi-italic")
	}
	if s.underline {
		c = append(c, "ansi-underline")
	}
	if s.colour >= 0 {
		c = append(c, fmt.Sprintf("ansi-%d", s.colour))
	}
	return strings.Join(c, " ")
}

// apply returns the style after one SGR sequence with these parameters.
func (s style) apply(params string) style {
	codes := strings.Split(params, ";")
	for i := 0; i < len(codes); i++ {
		n, _ := strconv.Atoi(codes[i]) // an empty parameter is 0, as in terminals
		switch {
		case n == 0:
			s = style{colour: -1}
		case n == 1:
			s.bold = true
		case n == 3:
			s.italic = true
		case n == 4:
			s.underline = true
		case n == 22:
			s.bold = false
		case n == 23:
			s.italic = false
		case n == 24:
			s.underline = false
		case n >= 30 && n <= 37:
			s.colour = n - 30
		case n >= 90 && n <= 97:
			s.colour = n - 90
		case n == 39:
			s.colour = -1
		case n == 38 || n == 48: // 256 or true colours: the first sixteen are kept, the rest ignored
			if i+2 < len(codes) && codes[i+1] == "5" {
				if c, err := strconv.Atoi(codes[i+2]); err == nil && n == 38 && c >= 0 && c < 16 {
					s.colour = c % 8
				}
				i += 2
			} else if i+1 < len(codes) && codes[i+1] == "2" {
				i += 4
			}
		}
	}
	return s
}

// ansiHTML returns text as HTML.
func ansiHTML(text string) string {
	var b strings.Builder
	now := style{colour: -1}
	put := func(s string) {
		if s == "" {
			return
		}
		s = template.HTMLEscapeString(s)
		if c := now.classes(); c != "" {
			fmt.Fprintf(&b, `<span class="%s">%s</span>`, c, s)
		} else {
			b.WriteString(s)
		}
	}
	last := 0
	for _, m := range escape().FindAllStringSubmatchIndex(text, -1) {
		put(text[last:m[0]])
		if m[4] >= 0 && text[m[4]:m[5]] == "m" {
			now = now.apply(text[m[2]:m[3]])
		}
		last = m[1]
	}
	put(text[last:])
	return b.String()
}
