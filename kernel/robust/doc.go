// Package robust holds the tests that do to a kernel process what learners do to it.
package robust
