package objects

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

func TestBlocksGiveTheBytesOfTheFile(t *testing.T) {
	data := make([]byte, 40*blockSize+17)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	b := newBlocks(maxBlocks, int64(len(data))) // fewer than the file has, so that they are replaced
	b.open(file, int64(len(data)))
	for i := range 20000 {
		off := random.IntN(len(data) + 1)
		n := random.IntN(1 << random.IntN(16))
		want := data[off:min(off+n, len(data))]
		got, err := b.at(int64(off), n)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("reading %d: %d bytes at %d are wrong: %v", i, n, off, err)
		}
	}
	for _, off := range []int64{-1, int64(len(data)) + 1} {
		if _, err := b.at(off, 1); err == nil {
			t.Errorf("bytes at %d of %d", off, len(data))
		}
	}
	if err := os.Truncate(name, 3*blockSize+5); err != nil {
		t.Fatal(err)
	}
	b.open(file, int64(len(data)))
	for _, n := range []int{1, blockSize, 5 * blockSize} {
		if _, err := b.at(3*blockSize+4, n+8); err == nil {
			t.Errorf("%d bytes behind the end of a file that shrank", n)
		}
	}
}
