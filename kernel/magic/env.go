package magic

// This file defines the magics of the environment.

import (
	"context"
	"slices"
	"strings"
)

// env shows or changes the environment.
func env(ctx context.Context, c call) error {
	if c.Args == "" {
		return listEnv(c)
	}
	if name, found := option(c.Args, "-u"); found {
		if name == "" || strings.ContainsAny(name, "= \t") {
			return c.usage("-u takes one name")
		}
		if err := c.k.Unsetenv(name); err != nil {
			return osError(err)
		}
		c.print("env: " + name + " removed\n")
		return nil
	}
	if strings.ContainsAny(c.Args, "= \t") {
		return setEnv(ctx, c)
	}
	value, found := lookup(c.k.Environ(), c.Args)
	if !found {
		return usagef("the environment has no variable %s", quote(c.Args))
	}
	c.print(value + "\n")
	return nil
}

// listEnv prints all variables. Notebooks are shown to others and kept in repositories: what looks like
// a secret isn't printed unless it is asked for by name.
func listEnv(c call) error {
	environ := slices.Clone(c.k.Environ())
	slices.Sort(environ)
	var b strings.Builder
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		upper := strings.ToUpper(name)
		for _, word := range []string{"KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD"} {
			if strings.Contains(upper, word) {
				value = "<hidden>"
			}
		}
		b.WriteString(name + "=" + value + "\n")
	}
	c.print(b.String())
	return nil
}

// setEnv sets a variable: NAME=value or NAME value.
func setEnv(_ context.Context, c call) error {
	i := strings.IndexAny(c.Args, "= \t")
	if i <= 0 {
		return c.usage("a name and a value are needed")
	}
	name, value := c.Args[:i], strings.TrimSpace(c.Args[i:])
	value = strings.TrimSpace(strings.TrimPrefix(value, "="))
	value = unquote(value)
	if strings.ContainsRune(name, 0) || strings.ContainsRune(value, 0) {
		return usagef("a variable of the environment can't contain a zero byte")
	}
	if err := c.k.Setenv(name, value); err != nil {
		return osError(err)
	}
	c.print("env: " + name + "=" + value + "\n")
	return nil
}
