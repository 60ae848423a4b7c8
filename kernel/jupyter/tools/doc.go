// Package tools holds the tests that use notebooks with the tools around Jupyter.
package tools
