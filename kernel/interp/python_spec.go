package interp

// This file defines the words that say what machine and what Python cells run in.

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
	rt "gilkernel/runtime/machine"
)

// pythonSpec is what %machine shows and sets. The zero pythonSpec is the default.
type pythonSpec struct {
	simulated bool
	version   string        // as gil.ProfileOf takes it
	cores     int           // 0: the machine's default
	interval  time.Duration // 0: the version's
	ticks     int           // the check interval of a legacy GIL; 0: the version's
	seed      uint64
	chooser   rt.Chooser // of a simulated machine; nil chooses by the seed
	check     bool       // it runs a solution of an exercise: its code must not end the process
}

// specWords is what can be said, for error messages.
const specWords = "real, simulated, python=3.11, cores=8, interval=5ms, seed=1"

// words returns what makes the spec of the zero one.
func (p pythonSpec) words() string {
	words := []string{"real"}
	if p.simulated {
		words[0] = "simulated"
	}
	if p.version != "" {
		words = append(words, "python="+p.version)
	}
	if p.cores != 0 {
		words = append(words, fmt.Sprintf("cores=%d", p.cores))
	}
	switch {
	case p.interval != 0:
		words = append(words, fmt.Sprintf("interval=%v", p.interval))
	case p.ticks != 0:
		words = append(words, fmt.Sprintf("interval=%dticks", p.ticks))
	}
	return strings.Join(append(words, fmt.Sprintf("seed=%d", p.seed)), " ")
}

// with returns the spec as words change it. The error is one sentence.
func (p pythonSpec) with(words string) (pythonSpec, error) {
	for _, word := range strings.Fields(words) {
		name, value, _ := strings.Cut(word, "=")
		var err error
		switch name {
		case "real":
			p.simulated = false
		case "simulated", "simulate":
			p.simulated = true
		case "python":
			if value == "" {
				return p, fmt.Errorf("python= needs a version, such as python=3.11; there are %s",
					strings.Join(gil.Versions(), ", "))
			}
			var profile gil.Profile
			profile, err = gil.ProfileOf(value)
			p.version = profile.Version
		case "cores":
			if p.cores, err = strconv.Atoi(value); err != nil {
				err = fmt.Errorf("cores= needs a number, not %q", value)
			} else {
				err = rt.CheckCores(p.cores)
			}
		case "interval":
			err = p.setInterval(value)
		case "seed":
			if p.seed, err = strconv.ParseUint(value, 10, 64); err != nil {
				err = fmt.Errorf("seed= needs a whole number from 0 on, not %q", value)
			}
		default:
			err = fmt.Errorf("%q says nothing about a machine; the words are %s", word, specWords)
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// setInterval reads a switch interval: 5ms, or Python's 0.005; or a number of ticks, for the legacy GIL.
func (p *pythonSpec) setInterval(value string) error {
	if n, ok := strings.CutSuffix(value, "ticks"); ok {
		ticks, err := strconv.Atoi(n)
		if err != nil || ticks < 1 {
			return fmt.Errorf("interval=%s: a check interval is a number of ticks, such as 100ticks", value)
		}
		p.ticks = ticks
		return nil
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		seconds, err2 := strconv.ParseFloat(value, 64)
		if err2 != nil || seconds != seconds || seconds > 1e6 {
			return fmt.Errorf("interval= needs a time such as 5ms, or seconds as Python has them: 0.005; not %q", value)
		}
		d = time.Duration(seconds * float64(time.Second))
	}
	if d <= 0 {
		return exceptions.Value("switch interval must be strictly positive")
	}
	p.interval = d
	return nil
}

// describe returns the spec's words for what can be asked of a machine, with all defaults filled in.
func (p *python) describe() string {
	profile := p.in.Profile()
	kind := "real"
	if p.m.Simulated() {
		kind = "simulated"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s python=%s cores=%d", kind, profile.Version, p.m.Cores())
	switch profile.Kind {
	case gil.Modern:
		fmt.Fprintf(&b, " interval=%v", p.in.SwitchInterval())
	case gil.Legacy:
		fmt.Fprintf(&b, " interval=%dticks", p.in.CheckInterval())
	}
	if p.m.Simulated() {
		fmt.Fprintf(&b, " seed=%d", p.m.Seed())
	}
	fmt.Fprintf(&b, "\n%s; ", profile.Kind)
	if p.m.Simulated() {
		b.WriteString("one thread at a time, on a clock of its own: the same seed gives the same run")
	} else {
		b.WriteString("threads of the operating system, on its clock")
	}
	b.WriteByte('\n')
	return b.String()
}

// shortage says that the machine has fewer cores than these words ask for; "" if it has them, or if an earlier machine
// was asked for them.
func (p *python) shortage(words string) string {
	n := p.m.Cores()
	if n >= p.spec.cores || !strings.Contains(words, "cores=") {
		return ""
	}
	return fmt.Sprintf("This computer has %s, and a real machine has no more; a simulated one has %d: %%machine "+
		"simulated cores=%d, or %%%%simulate cores=%d for one cell\n",
		coresOf(n), p.spec.cores, p.spec.cores, p.spec.cores)
}

// coresOf counts cores.
func coresOf(n int) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%d cores", n)
}
