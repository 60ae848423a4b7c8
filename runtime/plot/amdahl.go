package plot

// This file defines the fit of Amdahl's law to measured speed-ups.

// Amdahl returns the serial part s, from 0 to 1, for which 1/(s + (1-s)/n) fits the measured speed-ups
// best: speedups[i] with threads[i] threads, least squares of 1/speed-up, in which the law is linear.
// Points with one thread or less, or without a positive speed-up, say nothing; with none left s is 1.
func Amdahl(threads []int, speedups []float64) (serial float64) {
	var num, den float64
	for i := range min(len(threads), len(speedups)) {
		n, v := float64(threads[i]), speedups[i]
		if n <= 1 || !(v > 0) {
			continue
		}
		// 1/v = 1/n + s(1 - 1/n)
		x := 1 - 1/n
		num += x * (1/v - 1/n)
		den += x * x
	}
	if den == 0 {
		return 1
	}
	return min(1, max(0, num/den))
}
