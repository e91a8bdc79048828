//go:build !amd64

package scan

var matchKernels = []matchKernel{matchPortable}

func classify(t *classTables, data []byte, out *[classes][]uint64, blocks int) {
	classifyPortable(t, data, out, blocks)
}
