package unpack

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

const (
	asarDepth = 64       // of directories
	asarIndex = 16 << 20 // bytes of the JSON
)

// asarReader reads the JSON in front of an Electron archive token by token: {"files": {name: {"files": ...} or
// {"offset": "0", "size": 1}}}.
type asarReader struct {
	w    *walker
	n    node
	s    source
	base int64 // where the files begin
	json *json.Decoder
	left int64 // packed bytes that entries may still have, so that overlaps end
}

func (w *walker) asar(n node, s source) error {
	held, release, err := w.hold(n, s)
	if err != nil {
		return err
	}
	defer release()
	var head [16]byte
	if _, err := held.at.ReadAt(head[:], 0); err != nil {
		return noEOF(err)
	}
	le := binary.LittleEndian
	index := section(held.at, held.size, 16, int64(le.Uint32(head[12:])))
	if index.size > asarIndex {
		return &failure{expected: "an index of at most 16 MiB", actual: strconv.FormatInt(index.size, 10)}
	}
	a := &asarReader{w: w, n: n, s: held, base: 8 + int64(le.Uint32(head[4:])), left: held.size, json: json.NewDecoder(index.reader())}
	return noEOF(a.entry(nil))
}

// entry reads the object of one directory or file.
func (a *asarReader) entry(path []string) error {
	if len(path) > asarDepth {
		return &failure{expected: "at most 64 directories inside each other", actual: "more"}
	}
	if err := a.delim('{'); err != nil {
		return err
	}
	offset, size := int64(-1), int64(-1)
	for a.json.More() {
		key, err := a.json.Token()
		if err != nil {
			return err
		}
		if key == "files" {
			if err := a.files(path); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := a.json.Decode(&value); err != nil {
			return err
		}
		number, err := strconv.ParseInt(strings.Trim(string(value), `"`), 10, 64)
		if err != nil {
			continue
		}
		switch key {
		case "offset":
			offset = number
		case "size":
			size = number
		}
	}
	if err := a.delim('}'); err != nil {
		return err
	}
	return a.file(path, offset, size)
}

// files reads the object of a directory's names.
func (a *asarReader) files(path []string) error {
	if err := a.delim('{'); err != nil {
		return err
	}
	for a.json.More() {
		name, err := a.json.Token()
		if err != nil {
			return err
		}
		text, _ := name.(string)
		if err := a.entry(append(path, text)); err != nil {
			return err
		}
	}
	return a.delim('}')
}

func (a *asarReader) delim(want json.Delim) error {
	token, err := a.json.Token()
	if err != nil {
		return err
	}
	if token != want {
		return &failure{expected: "the index of an asar archive", actual: "other JSON"}
	}
	return nil
}

// file looks into one file.
func (a *asarReader) file(path []string, offset, size int64) error {
	if offset < 0 || size <= 0 || offset > a.s.size {
		return a.w.count()
	}
	n := a.n.member(strings.Join(path, "/"))
	data := section(a.s.at, a.s.size, a.base+offset, size)
	if a.left -= data.size; a.left < 0 {
		return &failure{expected: "files that do not overlap", actual: "more bytes than the archive has"}
	}
	err := a.w.open(n, data)
	if err == nil && data.size < size {
		err = io.ErrUnexpectedEOF
	}
	return a.w.settle(n, err)
}
