// This file is empty: its presence lets thread.go declare a function without a body.
