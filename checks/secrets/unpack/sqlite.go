package unpack

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Types of b-tree pages (SQLite's "Database File Format", 1.6).
const (
	sqliteIndexInterior = 2
	sqliteTableInterior = 5
	sqliteIndexLeaf     = 10
	sqliteTableLeaf     = 13
)

const (
	sqliteText    = 1 << 20 // of rows or free space shown at once
	sqliteRecord  = 8 << 20 // of one row that is read
	sqliteSchemas = 100_000 // tables and indexes that are read
)

// sqliteFile is a database at work. Each page is read once, so that loops and shared pages cost nothing.
type sqliteFile struct {
	w        *walker
	n        node
	s        source
	page     []byte
	usable   int
	encoding uint32 // 1 UTF-8, 2 UTF-16le, 3 UTF-16be
	pages    uint32
	seen     []uint64 // a bit for each page
	stack    []uint32 // pages to read
	payload  []byte   // of a row
	overflow []byte   // a page
	rows     sqliteOutput
	free     sqliteOutput
	damaged  bool
}

// sqlite shows each table's rows as lines "table.column = value", and what deleted rows have left.
func (w *walker) sqlite(n node, s source) error {
	held, release, err := w.hold(n, s)
	if err != nil {
		return err
	}
	defer release()
	f, err := openSQLite(w, n, held)
	if err != nil {
		return err
	}
	var schemas []sqliteSchema
	master := sqliteTable{name: "sqlite_schema", columns: []string{"type", "name", "tbl_name", "rootpage", "sql"}}
	err = f.tree(1, func(payload []byte) error {
		if schema, ok := f.schema(payload); ok && len(schemas) < sqliteSchemas {
			schemas = append(schemas, schema)
		}
		return f.row(&master, payload)
	})
	if err == nil {
		err = f.rows.flush(f)
	}
	for i := 0; i < len(schemas) && err == nil; i++ {
		err = f.table(schemas[i])
	}
	if err == nil {
		err = f.freePages()
	}
	if err == nil && f.damaged {
		err = &failure{expected: "a whole database", actual: "damaged or missing pages"}
	}
	return err
}

func openSQLite(w *walker, n node, s source) (*sqliteFile, error) {
	var head [100]byte
	if _, err := s.at.ReadAt(head[:], 0); err != nil {
		return nil, noEOF(err)
	}
	size := int(binary.BigEndian.Uint16(head[16:]))
	if size == 1 {
		size = 1 << 16
	}
	if size < 512 || size&(size-1) != 0 || int(head[20]) > size-480 {
		return nil, &failure{expected: "a page size of SQLite", actual: fmt.Sprint(size)}
	}
	pages := uint32(min((s.size+int64(size)-1)/int64(size), 1<<32-2))
	if err := w.charge(int(pages / 8)); err != nil {
		return nil, err
	}
	return &sqliteFile{w: w, n: n, s: s, page: make([]byte, size), overflow: make([]byte, size), usable: size - int(head[20]),
		encoding: binary.BigEndian.Uint32(head[56:]), pages: pages, seen: make([]uint64, pages/64+1),
		free: sqliteOutput{name: "free space"}}, nil
}

// take marks a page as read. It reports false where it has been, or is none.
func (f *sqliteFile) take(page uint32) bool {
	if page == 0 || page > f.pages || f.seen[page/64]&(1<<(page%64)) != 0 {
		return false
	}
	f.seen[page/64] |= 1 << (page % 64)
	return true
}

// read reads a page; where it is cut off, zeros stand for the rest.
func (f *sqliteFile) read(page uint32, into []byte) bool {
	n, err := f.s.at.ReadAt(into, int64(page-1)*int64(len(into)))
	clear(into[n:])
	if err != nil && n < len(into) {
		f.damaged = true
	}
	return n > 0
}

// table shows the rows of a table. An index is only passed over, since it repeats them.
func (f *sqliteFile) table(s sqliteSchema) error {
	if s.root == 0 {
		return nil
	}
	t := sqliteTable{name: s.name}
	t.columns = tableColumns(s.sql)
	f.rows.name = s.name
	err := f.tree(s.root, func(payload []byte) error {
		if !s.table {
			return nil
		}
		return f.row(&t, payload)
	})
	if err != nil {
		return err
	}
	return f.rows.flush(f)
}

// tree gives the records of a b-tree.
func (f *sqliteFile) tree(root uint32, visit func(payload []byte) error) error {
	f.push(root)
	for len(f.stack) > 0 {
		page := f.stack[len(f.stack)-1]
		f.stack = f.stack[:len(f.stack)-1]
		if err := f.w.charge(0); err != nil {
			return err
		}
		if !f.read(page, f.page) {
			f.damaged = true
			continue
		}
		if err := f.cells(page, visit); err != nil {
			return err
		}
	}
	return nil
}

func (f *sqliteFile) push(page uint32) {
	if f.take(page) {
		f.stack = append(f.stack, page)
	} else {
		f.damaged = true
	}
}

// cells reads the cells of a page (1.6).
func (f *sqliteFile) cells(page uint32, visit func([]byte) error) error {
	at, be := 0, binary.BigEndian
	if page == 1 {
		at = 100
	}
	kind := f.page[at]
	count, pointers := int(be.Uint16(f.page[at+3:])), at+8
	switch kind {
	case sqliteIndexInterior, sqliteTableInterior:
		pointers = at + 12
	case sqliteTableLeaf, sqliteIndexLeaf:
	default:
		f.damaged = true
		return f.free.add(f, f.page[:f.usable])
	}
	count = min(count, (f.usable-pointers)/2)
	from := len(f.stack)
	for i := range count {
		cell := int(be.Uint16(f.page[pointers+2*i:]))
		if cell < pointers+2*count || cell+4 > f.usable {
			f.damaged = true
			continue
		}
		if err := f.cell(kind, f.page[cell:f.usable], visit); err != nil {
			return err
		}
	}
	if pointers == at+12 {
		f.push(be.Uint32(f.page[at+8:]))
	}
	slices.Reverse(f.stack[from:])
	return f.unused(at, pointers+2*count)
}

// cell reads one cell: a child, a record, or both.
func (f *sqliteFile) cell(kind byte, cell []byte, visit func([]byte) error) error {
	if kind == sqliteIndexInterior || kind == sqliteTableInterior {
		f.push(binary.BigEndian.Uint32(cell))
		cell = cell[4:]
	}
	if kind == sqliteTableInterior {
		return nil
	}
	size, n := sqliteVarint(cell)
	cell = cell[n:]
	if kind == sqliteTableLeaf {
		_, n = sqliteVarint(cell) // the row's id
		cell = cell[n:]
	}
	return visit(f.record(kind, size, cell))
}

// record joins what a cell holds of a record and the pages in which it goes on (1.6, 1.7).
func (f *sqliteFile) record(kind byte, size uint64, cell []byte) []byte {
	u := uint64(f.usable)
	most, least := u-35, (u-12)*32/255-23
	if kind != sqliteTableLeaf {
		most = (u-12)*64/255 - 23
	}
	local := size
	if size > most {
		local = least + (size-least)%(u-4)
		if local > most {
			local = least
		}
	}
	if local == size {
		return cell[:min(local, uint64(len(cell)))]
	}
	if local+4 > uint64(len(cell)) {
		f.damaged = true
		return cell
	}
	f.payload = append(f.payload[:0], cell[:local]...)
	next := binary.BigEndian.Uint32(cell[local:])
	for left := min(size, sqliteRecord) - min(local, sqliteRecord); left > 0; {
		if !f.take(next) || !f.read(next, f.overflow) {
			f.damaged = true
			break
		}
		n := min(left, u-4)
		f.payload = append(f.payload, f.overflow[4:4+n]...)
		left -= n
		next = binary.BigEndian.Uint32(f.overflow)
	}
	return f.payload
}

// unused keeps what deleted cells have left in a page: between the cell pointers and the cells, and in the list of
// free blocks.
func (f *sqliteFile) unused(at, from int) error {
	be := binary.BigEndian
	content := int(be.Uint16(f.page[at+5:]))
	if content == 0 {
		content = 1 << 16
	}
	if content > from && content <= f.usable {
		if err := f.free.add(f, f.page[from:content]); err != nil {
			return err
		}
	}
	for block := int(be.Uint16(f.page[at+1:])); block > 0 && block+4 <= f.usable; {
		size := int(be.Uint16(f.page[block+2:]))
		if err := f.free.add(f, f.page[block+4:max(block+4, min(block+size, f.usable))]); err != nil {
			return err
		}
		next := int(be.Uint16(f.page[block:]))
		if next <= block {
			break
		}
		block = next
	}
	return nil
}

// freePages keeps the pages that no table has.
func (f *sqliteFile) freePages() error {
	for page := uint32(1); page <= f.pages; page++ {
		if err := f.w.charge(0); err != nil {
			return err
		}
		if !f.take(page) || !f.read(page, f.page) {
			continue
		}
		if err := f.free.add(f, f.page[:f.usable]); err != nil {
			return err
		}
	}
	return f.free.flush(f)
}
