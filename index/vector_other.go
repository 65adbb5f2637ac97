//go:build !amd64

package index

func vectorKernels() []Kernel { return nil }
