// Package jupyter holds the tests that drive the kernel by Jupyter's own clients.
package jupyter
