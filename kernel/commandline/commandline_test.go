package commandline_test

// This file tests what is set, what is left, and what is said.

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"gilkernel/kernel/commandline"
)

// pairs is a flag of a type of its own.
type pairs map[string]string

func (p pairs) String() string { return "" }

func (p pairs) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return fmt.Errorf("it must be NAME=VALUE")
	}
	p[name] = value
	return nil
}

func TestParse(t *testing.T) {
	for _, row := range []struct{ words, want string }{
		{"", "[]"},
		{"a b", "[a b]"},
		{"a --yes b -n 5 c --time=2m", "[a b c] yes=true n=5 time=2m0s"},
		{"--name x --name y", "[] name=y"},
		{"--name --yes", "[] name=--yes"},
		{"--name=", "[] name="},
		{"--name=a=b", "[] name=a=b"},
		{"--env A=1 --env=B=2=3", "[] env=map[A:1 B:2=3]"},
		{"-n -5", "[] n=-5"},
		{"-yes=false", "[] yes=false"},
		{"-- -n x", "[-n x]"},
		{"- a", "[- a]"},
		{"-h", "flag: help requested"},
		{"a --help", "flag: help requested"},
		{"-help=x", "flag: help requested"},
		{"--bogus", "there is no flag --bogus"},
		{"-bogus=5", "there is no flag -bogus"},
		{"---n 5", "there is no flag ---n"},
		{"--=5", "there is no flag --"},
		{"-5", "there is no flag -5"},
		{"--nmae x", "there is no flag --nmae: did you mean --name?"},
		{"-Time 5s", "there is no flag -Time: did you mean -time?"},
		{"--name", "a value is missing after --name"},
		{"-n x", `-n can't be "x": it takes a whole number`},
		{"-n 99999999999999999999", `-n can't be "99999999999999999999": it is out of range`},
		{"-u -1", `-u can't be "-1": it takes a whole number, 0 or more`},
		{"-f x", `-f can't be "x": it takes a number`},
		{"--time 5", `--time can't be "5": it takes a time with its unit, such as 30s or 1h30m`},
		{"--yes=maybe", `--yes can't be "maybe": it takes true or false`},
		{"--env A", `--env can't be "A": it must be NAME=VALUE`},
	} {
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		flags.Bool("yes", false, "do not ask")
		flags.Int("n", 1, "a number")
		flags.Uint("u", 1, "a number")
		flags.Float64("f", 1, "a number")
		flags.Duration("time", time.Minute, "a time")
		flags.String("name", "", "a `NAME`")
		env := pairs{}
		flags.Var(env, "env", "a variable")
		rest, err := commandline.Parse(flags, strings.Fields(row.words))
		got := fmt.Sprint(rest)
		for _, name := range []string{"yes", "n", "u", "f", "time", "name"} {
			flags.Visit(func(f *flag.Flag) {
				if f.Name == name {
					got += " " + name + "=" + f.Value.String()
				}
			})
		}
		if len(env) > 0 {
			got += fmt.Sprint(" env=", map[string]string(env))
		}
		if err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s", row.words, got, row.want)
		}
	}
}

// What is said goes where it is read: help to one writer, faults to the other.
func TestExplain(t *testing.T) {
	for _, row := range []struct {
		words, help, wrong string
		status             int
	}{
		{"-h", "Usage: gilkernel count [flags]\n\nFlags:\n  --n int\n    \ta number -o-\n", "", 0},
		{"--m", "", "gilkernel count: there is no flag --m\nTry: gilkernel count -h\n", commandline.Status},
	} {
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		flags.Int("n", 0, "a number -o-")
		_, err := commandline.Parse(flags, strings.Fields(row.words))
		var help, wrong strings.Builder
		status := commandline.Explain(&help, &wrong, "gilkernel count", "\nUsage: gilkernel count [flags]\n", flags,
			err)
		if help.String() != row.help || wrong.String() != row.wrong || status != row.status {
			t.Errorf("%s: %q %q %d", row.words, &help, &wrong, status)
		}
	}
	if list := commandline.Defaults(flag.NewFlagSet("", flag.ContinueOnError)); list != "" {
		t.Errorf("no flags: %q", list)
	}
}
