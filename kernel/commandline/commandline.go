// Package commandline reads the words behind a command, and says what is wrong with them.
//
// Package flag stops at the first word that is no flag, and its errors are for the programmer. Here flags stand
// anywhere, as Python's command lines have them, and an error is one sentence with the words as they were typed.
package commandline

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gilkernel/kernel/advice"
)

// Status is the exit status of a command that was called in a wrong way.
const Status = 2

// Parse sets the flags that stand among args, with one dash or two, and returns the other words. What follows a "--"
// is no flag. The error is flag.ErrHelp for -h and -help, or one sentence about the first word that is wrong; the flags
// before that are set then. Parse prints nothing, and calls neither flags.Usage nor os.Exit.
func Parse(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		if word == "--" {
			return append(rest, args...), nil
		}
		if len(word) < 2 || word[0] != '-' {
			rest = append(rest, word)
			continue
		}
		typed, value, given := strings.Cut(word, "=")
		name := strings.TrimPrefix(strings.TrimPrefix(typed, "-"), "-")
		f := flags.Lookup(name)
		switch {
		case f == nil && (name == "h" || name == "help"):
			return rest, flag.ErrHelp
		case f == nil:
			return rest, &Unknown{Typed: typed, Name: name, Near: near(flags, name)}
		case given:
		case isBool(f):
			value = "true"
		case len(args) == 0:
			return rest, fmt.Errorf("a value is missing after %s", typed)
		default:
			value, args = args[0], args[1:]
		}
		if err := flags.Set(name, value); err != nil {
			return rest, fmt.Errorf("%s can't be %q: %s", typed, value, takes(f, err))
		}
	}
	return rest, nil
}

// An Unknown is the error for a flag that the command doesn't have.
type Unknown struct {
	Typed string // with its dashes
	Name  string // without them
	Near  string // the flag that may be meant; "" if none is near
}

// Error implements error.
func (u *Unknown) Error() string {
	text := "there is no flag " + u.Typed
	if u.Near != "" {
		text += ": did you mean " + strings.TrimSuffix(u.Typed, u.Name) + u.Near + "?"
	}
	return text
}

// near returns the name of the flag that a misspelt name may be, "" if none is near.
func near(flags *flag.FlagSet, name string) string {
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return advice.Nearest(strings.ToLower(name), slices.Values(names), advice.Close(name))
}

// isBool reports whether a flag needs no value.
func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// takes says which values a flag has. err is why it hasn't the one that was given.
func takes(f *flag.Flag, err error) string {
	if err.Error() == "value out of range" { // package flag's own error, which it doesn't export
		return "it is out of range"
	}
	if g, ok := f.Value.(flag.Getter); ok {
		switch g.Get().(type) {
		case bool:
			return "it takes true or false"
		case int, int64:
			return "it takes a whole number"
		case uint, uint64:
			return "it takes a whole number, 0 or more"
		case float64:
			return "it takes a number"
		case time.Duration:
			return "it takes a time with its unit, such as 30s or 1h30m"
		}
	}
	return err.Error()
}

// Defaults returns the list of the flags, a paragraph each, with two dashes; "" if there are none.
func Defaults(flags *flag.FlagSet) string {
	var b strings.Builder
	out := flags.Output()
	flags.SetOutput(&b)
	flags.PrintDefaults()
	flags.SetOutput(out)
	return strings.ReplaceAll("\n"+b.String(), "\n  -", "\n  --")[1:]
}

// Explain prints the end of a command's reading of its words, and returns the exit status: for flag.ErrHelp it prints
// usage and the list of the flags to help, and for any other error the error and where to read more to wrong.
// command is the command as it is typed: "gilkernel run".
func Explain(help, wrong io.Writer, command, usage string, flags *flag.FlagSet, err error) int {
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(help, strings.TrimSpace(usage))
		if list := Defaults(flags); list != "" {
			fmt.Fprintf(help, "\nFlags:\n%s", list)
		}
		return 0
	}
	Refuse(wrong, command, err)
	return Status
}

// Refuse prints what is wrong with how a command was called, and where to read more.
func Refuse(w io.Writer, command string, err error) {
	fmt.Fprintf(w, "%s: %v\nTry: %s -h\n", command, err, command)
}
