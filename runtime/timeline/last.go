package timeline

// Last returns the timeline of the last cell that had a machine for itself: %%real or %%simulate. It is empty if there
// was none, and outside of a kernel, which puts its own function in the place of this one.
func Last() *Timeline { return &Timeline{Names: []string{""}} }
