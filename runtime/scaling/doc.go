// Package scaling measures how many times as fast a piece of work gets with more workers: with threads under a GIL,
// with processes, and with threads of a Python that has no GIL, side by side.
//
//	func count(part, parts int) {
//		for i := 0; i < 20_000_000/parts; i++ {
//		}
//	}
//
//	scaling.Run(count, scaling.Workers(1, 2, 4))
//
// The result is a figure of the three curves, under the ceiling of what the machine's cores give, with the line of
// Amdahl's law that fits each. A notebook shows it when it is a cell's last expression. On a simulated machine
// everything runs on the machine's cores and clock: so eight cores can be measured on a computer that has one, and the
// figure is the same each time.
package scaling
