// Package language stands for golang.org/x/text/language in a published program: see package cases.
package language

// A Tag is a language.
type Tag struct{}

// Und is no language in particular.
var Und Tag
