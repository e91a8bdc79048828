package objects

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
)

// inflater inflates zlib streams (RFC 1950) whose sizes are known. It is for one goroutine.
type inflater struct {
	src bytes.Reader
	z   io.ReadCloser
}

// inflate fills dst from the stream that src starts with, and returns how many bytes of src it took.
func (f *inflater) inflate(dst, src []byte) (int, error) {
	f.src.Reset(src)
	var err error
	if f.z == nil {
		f.z, err = zlib.NewReader(&f.src)
	} else {
		err = f.z.(zlib.Resetter).Reset(&f.src, nil)
	}
	if err == nil {
		_, err = io.ReadFull(f.z, dst)
	}
	if err != nil {
		return 0, wrong("a compressed object of the size its header gives", "%v", err)
	}
	var more [1]byte
	if n, err := f.z.Read(more[:]); n != 0 || !errors.Is(err, io.EOF) {
		return 0, wrong("a compressed object of the size its header gives", "more than %d bytes, or a wrong checksum", len(dst))
	}
	return len(src) - f.src.Len(), nil
}
