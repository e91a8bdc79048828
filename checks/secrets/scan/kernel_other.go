//go:build !amd64

package scan

func match(t *fingerprintTables, data []byte, out []uint64, blocks int) {
	matchPortable(t, data, out, blocks)
}

func classify(t *classTables, data []byte, out *[classes][]uint64, blocks int) {
	classifyPortable(t, data, out, blocks)
}
