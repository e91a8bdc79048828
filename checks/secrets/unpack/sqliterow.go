package unpack

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// sqliteTable is how a table's rows are shown.
type sqliteTable struct {
	name    string
	columns []string // in the order of the records
	labels  []string // "table.column = ", made as they are needed
}

// label is what stands in front of a column's value.
func (t *sqliteTable) label(column int) string {
	for len(t.labels) <= column && len(t.labels) < 4096 {
		name := "column" + strconv.Itoa(len(t.labels)+1)
		if len(t.labels) < len(t.columns) {
			name = t.columns[len(t.labels)]
		}
		t.labels = append(t.labels, t.name+"."+name+" = ")
	}
	if column < len(t.labels) {
		return t.labels[column]
	}
	return t.name + " = "
}

// sqliteSchema is a row of sqlite_schema.
type sqliteSchema struct {
	table bool
	name  string
	root  uint32
	sql   string
}

// schema reads a row of sqlite_schema: type, name, tbl_name, rootpage, sql.
func (f *sqliteFile) schema(payload []byte) (s sqliteSchema, ok bool) {
	f.values(payload, func(i int, serial uint64, value []byte) error {
		switch i {
		case 0:
			s.table = string(f.text(nil, value)) == "table"
		case 1:
			s.name = string(bytes.ToValidUTF8(f.text(nil, value), []byte("?")))
		case 3:
			s.root = uint32(sqliteInt(value))
		case 4:
			s.sql = string(f.text(nil, value))
			ok = true
		}
		return nil
	})
	return s, ok && s.root != 0
}

// values gives the values of a record (SQLite's "Database File Format", 2.1), NULL ones left out.
func (f *sqliteFile) values(record []byte, visit func(i int, serial uint64, value []byte) error) error {
	size, n := sqliteVarint(record)
	if size > uint64(len(record)) || uint64(n) > size {
		f.damaged = f.damaged || len(record) > 0
		return nil
	}
	header, data := record[n:size], record[size:]
	for i := 0; len(header) > 0; i++ {
		serial, n := sqliteVarint(header)
		header = header[n:]
		length := sqliteLength(serial)
		if length > uint64(len(data)) {
			f.damaged = true
			length = uint64(len(data))
		}
		if serial != 0 {
			if err := visit(i, serial, data[:length]); err != nil {
				return err
			}
		}
		data = data[length:]
	}
	return nil
}

// sqliteLength is how many bytes a value of a serial type has.
func sqliteLength(serial uint64) uint64 {
	switch {
	case serial >= 12:
		return (serial - 12) / 2
	case serial == 5:
		return 6
	case serial == 6, serial == 7:
		return 8
	case serial <= 4:
		return serial
	}
	return 0
}

// sqliteVarint reads a big-endian integer of up to 9 bytes. Behind the end there are zeros.
func sqliteVarint(data []byte) (v uint64, n int) {
	for n < 9 && n < len(data) {
		b := data[n]
		n++
		if n == 9 {
			return v<<8 | uint64(b), n
		}
		v = v<<7 | uint64(b&0x7f)
		if b < 0x80 {
			break
		}
	}
	return v, n
}

func sqliteInt(value []byte) int64 {
	if len(value) == 0 {
		return 0
	}
	v := int64(int8(value[0]))
	for _, b := range value[1:] {
		v = v<<8 | int64(b)
	}
	return v
}

// text appends a text as UTF-8.
func (f *sqliteFile) text(out, value []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	switch f.encoding {
	case 2:
	case 3:
		order = binary.BigEndian
	default:
		return append(out, value...)
	}
	for len(value) >= 2 {
		r := rune(order.Uint16(value))
		value = value[2:]
		if utf16.IsSurrogate(r) && len(value) >= 2 {
			r = utf16.DecodeRune(r, rune(order.Uint16(value)))
			value = value[2:]
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// row shows a record's values. A value that is itself a container is looked into.
func (f *sqliteFile) row(t *sqliteTable, payload []byte) error {
	f.rows.name = t.name
	return f.values(payload, func(i int, serial uint64, value []byte) error {
		label := t.label(i)
		out := append(f.rows.text, label...)
		switch {
		case serial >= 12 && serial%2 == 1:
			out = f.text(out, value)
		case serial >= 12:
			if Sniff(value) != "" && len(f.n.kinds) < 2*f.w.limits.Depth {
				return f.blob(label[:len(label)-len(" = ")], value)
			}
			out = append(out, value...)
		case serial == 7:
			return nil // a floating point number
		case serial >= 8:
			out = strconv.AppendUint(out, serial-8, 10)
		default:
			out = strconv.AppendInt(out, sqliteInt(value), 10)
		}
		f.rows.text = append(out, '\n')
		return f.rows.full(f)
	})
}

// blob looks into a value that is a container.
func (f *sqliteFile) blob(name string, value []byte) error {
	n, size := f.n.member(name), int64(len(value))
	if err := f.w.reserve("a value of a database", size); err != nil {
		return f.w.settle(n, err)
	}
	defer f.w.release(size)
	return f.w.settle(n, f.w.open(n, source{at: bytes.NewReader(value), size: size}))
}

// sqliteOutput collects a text and shows it when there is enough.
type sqliteOutput struct {
	name   string
	text   []byte
	offset int64
	lines  int
	of     string // the name that offset and lines belong to
}

// add takes bytes that are not all zero.
func (o *sqliteOutput) add(f *sqliteFile, data []byte) error {
	data = bytes.Trim(data, "\x00")
	if len(data) == 0 {
		return nil
	}
	o.text = append(append(o.text, data...), '\n')
	return o.full(f)
}

func (o *sqliteOutput) full(f *sqliteFile) error {
	if len(o.text) < sqliteText {
		return nil
	}
	return o.flush(f)
}

// flush shows what has been collected.
func (o *sqliteOutput) flush(f *sqliteFile) error {
	if len(o.text) == 0 {
		return nil
	}
	if o.of != o.name {
		o.of, o.offset, o.lines = o.name, 0, 0
	}
	if err := f.w.count(); err != nil {
		return err
	}
	if err := f.w.charge(len(o.text)); err != nil {
		return err
	}
	n := f.n.member(o.name)
	f.w.visit(Member{Path: n.path, Kinds: n.kinds, Layer: n.layer, Size: -1, Data: o.text, Offset: o.offset, Lines: o.lines})
	o.offset += int64(len(o.text))
	o.lines += bytes.Count(o.text, []byte{'\n'})
	o.text = o.text[:0]
	return nil
}
