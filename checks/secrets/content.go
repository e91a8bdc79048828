package secrets

import (
	"bytes"

	"hardcheck/checks"
)

// content is the part of a file that one call of a check sees, as bytes whose offsets are those of File.Text.
type content struct {
	file *checks.File
	data []byte
	last bool // data reaches the end of the file
}

func contentOf(f *checks.File) content {
	c := content{file: f, data: f.Data, last: f.Whole || f.Offset+int64(len(f.Data)) >= f.Size}
	switch {
	case bytes.HasPrefix(f.Data, []byte{0xff, 0xfe}), bytes.HasPrefix(f.Data, []byte{0xfe, 0xff}):
		c.data = []byte(f.Text())
	case bytes.HasPrefix(f.Data, []byte("\xef\xbb\xbf")):
		c.data = f.Data[3:]
	}
	return c
}

// lookahead is how far behind its end a match may have looked, in bytes.
const lookahead = 4096

// owns reports whether a match that ends at end is this window's to report. What comes near the end of a window may
// go on behind it, so the next window, which sees it whole in its overlap, reports it instead.
func (c content) owns(end int) bool {
	end += lookahead
	if end >= len(c.data) && !c.last {
		return false
	}
	return c.file.Overlap == 0 || end >= c.file.Overlap
}

// examined reports the file as looked at and good. Of a streamed file only the first window counts, so that it is
// counted once.
func (c content) examined(p *checks.Pass) {
	if c.file.Offset == 0 {
		p.OK(c.file.Subject())
	}
}
