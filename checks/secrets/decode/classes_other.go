//go:build !amd64

package decode

// classify fills blocks with the masks of data, which holds len(blocks)*blockSize bytes.
func classify(blocks []block, data []byte) { classifyPortable(blocks, data) }
