package magic

// This file defines %machine, %%real and %%simulate.

import (
	"context"
	"strings"
)

// machine shows or sets the machine and the Python that cells run in.
func machine(ctx context.Context, c call) error { return c.k.Machine(ctx, c.Args) }

// on runs Go code on a machine of its own, of a kind.
func on(kind string) handler {
	return func(ctx context.Context, c call) error {
		for _, word := range strings.Fields(c.Args) {
			if word == "real" || word == "simulated" {
				return c.usage("it is " + kind + " already, without " + quote(word))
			}
		}
		if strings.TrimSpace(c.Code) == "" {
			return c.usage("there is nothing to run")
		}
		_, err := c.k.RunGo(ctx, c.Code, Running{Machine: strings.TrimSpace(kind + " " + c.Args)})
		return err
	}
}
