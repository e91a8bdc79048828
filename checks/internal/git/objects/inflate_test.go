package objects

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"fmt"
	"hash/adler32"
	"io"
	"math/rand"
	"testing"
)

// pressed compresses data as zlib does, with bytes behind the stream.
func pressed(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// samples are texts that lead through all parts of the decoder.
func samples() map[string][]byte {
	rng := rand.New(rand.NewSource(3))
	random := make([]byte, 200000)
	rng.Read(random)
	skewed := make([]byte, 60000) // codes of many lengths
	for i := range skewed {
		skewed[i] = byte(int(rng.ExpFloat64()*9) + rng.Intn(2)*rng.Intn(2)*rng.Intn(2)*rng.Intn(160))
	}
	return map[string][]byte{
		"empty": nil, "one": []byte("x"), "short": []byte("tree deltas are short"), "run": bytes.Repeat([]byte{'a'}, 70000),
		"period 3": bytes.Repeat([]byte("abc"), 5000), "period 9": bytes.Repeat([]byte("abcdefghi"), 5000),
		"prose": []byte(prose(5, 3000)), "random": random, "skewed": skewed,
		"far": append(append([]byte(prose(6, 5)), random[:32000]...), prose(6, 5)...),
	}
}

func TestInflate(t *testing.T) {
	var f inflater
	for name, data := range samples() {
		for _, level := range []int{flate.HuffmanOnly, 0, 1, 6, 9} {
			stream := pressed(t, data, level)
			for _, room := range []int{0, slack / 2, slack} {
				for _, behind := range []int{0, 3, 40} {
					src := append(bytes.Clone(stream), bytes.Repeat([]byte{0xa5}, behind)...)
					dst := make([]byte, len(data), len(data)+room)
					n, err := f.inflate(dst, src)
					if err != nil || n != len(stream) || !bytes.Equal(dst, data) {
						t.Fatalf("%s, level %d, room %d, behind %d: %d bytes of %d: %v", name, level, room, behind, n, len(stream), err)
					}
					if len(data) > 0 {
						if _, err := f.inflate(dst[:len(dst)-1], src); err == nil {
							t.Errorf("%s, level %d: a byte too many was taken", name, level)
						}
					}
					if _, err := f.inflate(append(dst, 0), src); err == nil {
						t.Errorf("%s, level %d: a byte too few was taken", name, level)
					}
				}
			}
		}
	}
}

func TestInflateDamaged(t *testing.T) {
	var f inflater
	for name, data := range samples() {
		stream := pressed(t, data, 6)
		dst := make([]byte, len(data), len(data)+slack)
		for cut := range min(len(stream), 300) {
			if _, err := f.inflate(dst, stream[:cut]); err == nil && len(data) > 0 {
				t.Fatalf("%s cut at %d of %d was taken", name, cut, len(stream))
			}
		}
		for bit := range min(len(stream)*8, 1000) {
			bad := bytes.Clone(stream)
			bad[bit/8] ^= 1 << (bit % 8)
			checkInflate(t, &f, bad, len(data))
		}
	}
}

// checkInflate holds the inflater against compress/zlib: what either takes, the other does with the same result.
func checkInflate(t *testing.T, f *inflater, src []byte, size int) {
	t.Helper()
	dst := make([]byte, size, size+slack)
	n, err := f.inflate(dst, src)
	tight, tightErr := make([]byte, size), error(nil)
	if _, tightErr = f.inflate(tight, src); (err == nil) != (tightErr == nil) || err == nil && !bytes.Equal(dst, tight) {
		t.Fatalf("with room %v, without %v: %x", err, tightErr, src)
	}
	in := bytes.NewReader(src)
	want := make([]byte, size)
	z, zerr := zlib.NewReader(in)
	if zerr == nil {
		_, zerr = io.ReadFull(z, want)
	}
	if zerr == nil {
		var more [1]byte
		var got int
		if got, zerr = z.Read(more[:]); got > 0 {
			zerr = fmt.Errorf("more than %d bytes", size)
		} else if zerr == io.EOF {
			zerr = nil
		}
	}
	if (err == nil) != (zerr == nil) {
		t.Fatalf("%v, zlib says %v: %x", err, zerr, src)
	}
	if err == nil && (!bytes.Equal(dst, want) || n != len(src)-in.Len()) {
		t.Fatalf("took %d bytes and gave %q, zlib %d and %q: %x", n, dst, len(src)-in.Len(), want, src)
	}
}

// FuzzInflate gives a raw deflate stream; what it makes sets the checksum and the size, so that damage is found by
// the decoder itself.
func FuzzInflate(f *testing.F) {
	for _, data := range samples() {
		for _, level := range []int{flate.HuffmanOnly, 1, 9} {
			stream := pressed(f, data[:min(len(data), 3000)], level)
			f.Add(stream[2 : len(stream)-4])
		}
	}
	var own inflater
	f.Fuzz(func(t *testing.T, raw []byte) {
		in := bytes.NewReader(raw)
		z := flate.NewReader(in)
		data, err := io.ReadAll(io.LimitReader(z, 1<<20))
		used := len(raw) - in.Len()
		if err != nil || len(data) == 1<<20 {
			used = len(raw)
		}
		sum := adler32.Checksum(data)
		src := append([]byte{0x78, 0x9c}, raw[:used]...)
		src = append(src, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
		src = append(src, raw[used:]...)
		checkInflate(t, &own, src, len(data))
	})
}

func BenchmarkInflate(b *testing.B) {
	for _, size := range []int{60, 400, 4000, 40000} {
		data := []byte(prose(1, 1000))[:size]
		stream := append(pressed(b, data, 6), make([]byte, beyond)...)
		dst := make([]byte, size, size+slack)
		b.Run(fmt.Sprintf("own/%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			var f inflater
			for b.Loop() {
				if _, err := f.inflate(dst, stream); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("zlib/%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			in := bytes.NewReader(stream)
			z, _ := zlib.NewReader(in)
			for b.Loop() {
				in.Reset(stream)
				z.(zlib.Resetter).Reset(in, nil)
				if _, err := io.ReadFull(z, dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
