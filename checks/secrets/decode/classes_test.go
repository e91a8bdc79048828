package decode

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestClassifyAgreesWithPortable(t *testing.T) {
	data := make([]byte, 0, 256*blockSize)
	for c := range 256 {
		for range blockSize {
			data = append(data, byte(c))
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 64 * blockSize {
		data = append(data, byte(r.Uint32()))
	}
	compareKernels(t, data)
}

func FuzzClassify(f *testing.F) {
	f.Add([]byte("key = \"Z2hwXw==\" + 'a%41\\u0041&amp;'"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for len(data)%blockSize != 0 {
			data = append(data, ' ')
		}
		compareKernels(t, data)
	})
}

func compareKernels(t *testing.T, data []byte) {
	t.Helper()
	got, want := make([]block, len(data)/blockSize), make([]block, len(data)/blockSize)
	classify(got, data)
	classifyPortable(want, data)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%q: %+v, portable %+v", data[i*blockSize:(i+1)*blockSize], got[i], want[i])
		}
	}
	for i := range want {
		for lane, mask := range []uint64{want[i].word, want[i].mark, want[i].quote, want[i].glue, want[i].nul, want[i].digit, want[i].equals, want[i].soft} {
			for j, c := range data[i*blockSize : (i+1)*blockSize] {
				if mask>>j&1 == 1 != slices.Contains([]byte(laneMembers[lane]), c) {
					t.Fatalf("lane %d of %q at %d", lane, c, j)
				}
			}
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	data := make([]byte, batch)
	var blocks [batch / blockSize]block
	for name, f := range map[string]func([]block, []byte){"chosen": classify, "portable": classifyPortable} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(batch)
			for b.Loop() {
				f(blocks[:], data)
			}
		})
	}
}
