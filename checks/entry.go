package checks

import (
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
	"unicode/utf16"
)

// ModeSource says where an entry's mode comes from.
type ModeSource int

// Mode sources.
const (
	ModeDisk ModeSource = iota // lstat: every bit is real
	ModeGit                    // git records only the execute bit; the rest is what a checkout would give
)

// Entry is one directory entry: its metadata, never its bytes.
type Entry struct {
	Path     string      // relative to the root, slash-separated; "." is the root
	Mode     fs.FileMode // type and permission bits, setuid, setgid and sticky included
	From     ModeSource
	Size     int64
	UID, GID int    // -1 where unknown
	Links    int    // hard links; 0 where unknown
	Link     string // a symbolic link's target as written
	Tracked  bool   // git tracks it, or the target is a git revision
	Ignored  bool   // git ignores it
	// Change says what of the file a change brings, where only a change is audited; nil where the whole tree is.
	Change *Change

	attribute func(name string) []byte // reads an extended attribute; nil where there are none to read
}

// Change is what one commit, or what is staged, brings into a file.
type Change struct {
	Commit, Date string  // empty for what is staged; the date is the author's, RFC 3339
	Blob         string  // the object that holds the file
	Added        []Range // lines, counted from 1, both ends included; nil means all
}

// Adds reports whether any of the lines is new.
func (c *Change) Adds(first, last int) bool {
	if c == nil || c.Added == nil || first == 0 {
		return true
	}
	for _, r := range c.Added {
		if r.Start <= max(first, last) && first <= r.End {
			return true
		}
	}
	return false
}

// Name is the last element of the path.
func (e *Entry) Name() string { return path.Base(e.Path) }

// Ext is the name's extension in lower case, with its dot; "" for none and for names such as ".env".
func (e *Entry) Ext() string {
	name := e.Name()
	i := strings.LastIndexByte(name, '.')
	if i <= 0 {
		return ""
	}
	return strings.ToLower(name[i:])
}

// Subject names the entry as a thing that was looked at.
func (e *Entry) Subject() Subject {
	kind := "file"
	switch {
	case e.Mode.IsDir():
		kind = "directory"
	case e.Mode&fs.ModeSymlink != 0:
		kind = "link"
	}
	return Subject{Kind: kind, Name: e.Path}
}

// File is the bytes of one regular file, read once and shared by every check.
//
// Data and everything that points into it are valid only during the call. Text is a copy and may be kept.
// A large file arrives as several windows that overlap; only checks with Stream see those.
type File struct {
	*Entry
	Data   []byte
	Offset int64 // of Data in the file
	Line   int   // 1-based line at which Data begins
	Whole  bool  // Data is the whole file
	// Overlap is how many leading bytes of Data the previous window ended with.
	Overlap int
	// At reads the whole file at any offset, where the target can; nil where it cannot. Valid during the call only.
	At io.ReaderAt

	mu    sync.Mutex
	memo  map[any]any
	carry map[any]any // what the windows of one file share
	text  *string
	lines []int // offsets in Text of line starts
}

// Next is the next window of the file, which begins overlap bytes before the end of this one. Its Data is still to be set.
func (f *File) Next(overlap int) *File {
	passed := f.Data[:len(f.Data)-overlap]
	return &File{Entry: f.Entry, At: f.At, Offset: f.Offset + int64(len(passed)), Line: f.Line + bytes.Count(passed, []byte{'\n'}), carry: f.carry}
}

// Resize corrects the size of a file that has another one than when it was listed.
func (f *File) Resize(size int64) {
	entry := *f.Entry
	entry.Size = size
	f.Entry = &entry
}

// Reader reads the whole file at any offset, or nil where only Data can be had. Valid during the call only.
func (f *File) Reader() io.ReaderAt {
	if f.Whole {
		return bytes.NewReader(f.Data)
	}
	return f.At
}

// Binary reports whether the bytes are not text: a NUL among the first 8,000 bytes and no UTF-16 byte order mark.
func (f *File) Binary() bool {
	if utf16Order(f.Data) != nil {
		return false
	}
	return bytes.IndexByte(f.Data[:min(len(f.Data), 8000)], 0) >= 0
}

func utf16Order(data []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}) && len(data)%2 == 0:
		return binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}) && len(data)%2 == 0:
		return binary.BigEndian
	}
	return nil
}

// Text is the content as UTF-8 without a byte order mark, decoded once. Line ends are kept as they are.
func (f *File) Text() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.textLocked()
}

func (f *File) textLocked() string {
	if f.text == nil {
		s := decode(f.Data)
		f.text = &s
	}
	return *f.text
}

func decode(data []byte) string {
	order := utf16Order(data)
	if order == nil {
		return string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return string(utf16.Decode(units))
}

// Place turns a byte range of Text into a place. end may equal start.
func (f *File) Place(start, end int) Place {
	f.mu.Lock()
	defer f.mu.Unlock()
	text := f.textLocked()
	if f.lines == nil {
		f.lines = lineStarts(text)
	}
	p := Place{Path: f.Path}
	p.Line, p.Column = f.position(start, len(text))
	p.EndLine, p.EndColumn = f.position(end, len(text))
	return p
}

func (f *File) position(offset, size int) (line, column int) {
	offset = max(0, min(offset, size))
	i := sort.SearchInts(f.lines, offset+1) - 1
	return max(f.Line, 1) + i, offset - f.lines[i] + 1
}

// lineStarts lists where lines begin: behind each \n, or in a text without one behind each \r, as on the old Mac OS.
func lineStarts(text string) []int {
	end := byte('\n')
	if strings.IndexByte(text, end) < 0 {
		end = '\r'
	}
	starts := []int{0}
	for i := range len(text) {
		if text[i] == end {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// Memo returns the file's parsed form of that key, made at most once. key is a value of a type private to the
// parser, so that parsers cannot collide.
func Memo[T any](f *File, key any, parse func() T) T {
	f.mu.Lock()
	cell, ok := f.memo[key].(*memoCell[T])
	if !ok {
		if f.memo == nil {
			f.memo = map[any]any{}
		}
		cell = &memoCell[T]{}
		f.memo[key] = cell
	}
	f.mu.Unlock()
	cell.once.Do(func() { cell.value = parse() })
	return cell.value
}

// Carried returns the value of that key that the windows of one file share, made at the first of them. Windows come one
// after the other.
func Carried[T any](f *File, key any, initial func() T) T {
	f.mu.Lock()
	defer f.mu.Unlock()
	value, ok := f.carry[key].(T)
	if !ok {
		value = initial()
		if f.carry == nil {
			f.carry = map[any]any{}
		}
		f.carry[key] = value
	}
	return value
}

type memoCell[T any] struct {
	once  sync.Once
	value T
}
