package timeline

// This file defines what is said of what ran beside the machine.

// Beside returns a sentence about what ran beside the machine and is in none of its figures; "" if nothing did.
func (i Info) Beside() string {
	switch {
	case i.Outside == "":
		return ""
	case i.Virtual:
		return i.Outside + " ran outside the simulated machine, on real time: this run is not repeatable."
	}
	return i.Outside + " ran beside the threads of Python: busy cores are those of the threads alone."
}
