package unpack

// Properties of 7z's headers (7zFormat.txt, "Property IDs").
const (
	szEnd             = 0x00
	szHeaderID        = 0x01
	szProperties      = 0x02
	szAdditional      = 0x03
	szMainStreams     = 0x04
	szFilesInfo       = 0x05
	szPackInfo        = 0x06
	szUnpackInfo      = 0x07
	szSubStreams      = 0x08
	szSize            = 0x09
	szCRC             = 0x0a
	szFolderID        = 0x0b
	szUnpackSize      = 0x0c
	szNumUnpackStream = 0x0d
	szEmptyStream     = 0x0e
	szNamesID         = 0x11
	szEncodedHeader   = 0x17
)

// szArchive is what a header says.
type szArchive struct {
	folders []szFolder
	files   int
	empty   []byte // a bit for each file that has no data
	names   []byte
}

// szStreams is where the folders are and how they are packed.
type szStreams struct {
	folders []szFolder
	sizes   []uint64 // of the packed streams
	at      uint64
}

type szFolder struct {
	coders   []szCoder
	order    []int // in which the coders work
	outSizes []uint64
	complex  bool // a coder has several streams
	streams  int  // packed streams
	at       int64
	packed   int64
	sizes    []uint64 // of the files
	crc      bool
}

type szCoder struct {
	method     string
	properties []byte
}

// unpacked is the size of what the last coder gives.
func (f *szFolder) unpacked() uint64 {
	if len(f.order) == 0 {
		return 0
	}
	return f.outSizes[f.order[len(f.order)-1]]
}

// szParser reads a header. After an error everything is zero. Whatever is allocated is bounded by the bytes that are
// left.
type szParser struct {
	data   []byte
	failed bool
}

func (p *szParser) fail() {
	p.data, p.failed = nil, true
}

func (p *szParser) byte() byte {
	if len(p.data) == 0 {
		p.fail()
		return 0
	}
	b := p.data[0]
	p.data = p.data[1:]
	return b
}

func (p *szParser) bytes(n uint64) []byte {
	if n > uint64(len(p.data)) {
		p.fail()
		return nil
	}
	out := p.data[:n]
	p.data = p.data[n:]
	return out
}

// number reads an integer whose first byte tells by its leading ones how many follow.
func (p *szParser) number() uint64 {
	first, mask, v := p.byte(), byte(0x80), uint64(0)
	for i := range 8 {
		if first&mask == 0 {
			return v | uint64(first&(mask-1))<<(8*i)
		}
		v |= uint64(p.byte()) << (8 * i)
		mask >>= 1
	}
	return v
}

// szCount bounds the folders, and the files, of one archive.
const szCount = 1 << 20

// count reads a number of things that take a byte each at least.
func (p *szParser) count() int {
	n := p.number()
	if n > uint64(len(p.data)) || n > szCount {
		p.fail()
		return 0
	}
	return int(n)
}

func (p *szParser) expect(id byte) bool {
	if p.byte() != id {
		p.fail()
	}
	return !p.failed
}

// digests passes over the checksums of n streams.
func (p *szParser) digests(n int) {
	if p.byte() != 0 {
		p.bytes(4 * uint64(n))
		return
	}
	bits := p.bytes(uint64(n+7) / 8)
	defined := uint64(0)
	for i := range n {
		if bitAt(bits, i) {
			defined++
		}
	}
	p.bytes(4 * defined)
}

// archive reads a whole header.
func (p *szParser) archive() (a szArchive) {
	if !p.expect(szHeaderID) {
		return a
	}
	for !p.failed {
		switch p.byte() {
		case szEnd:
			return a
		case szProperties:
			for p.byte() != szEnd && !p.failed {
				p.bytes(p.number())
			}
		case szAdditional:
			p.streams()
		case szMainStreams:
			a.folders = p.streams().folders
		case szFilesInfo:
			p.filesInfo(&a)
		default:
			p.fail()
		}
	}
	return a
}

func (p *szParser) filesInfo(a *szArchive) {
	a.files = p.count()
	for !p.failed {
		id := p.byte()
		if id == szEnd {
			return
		}
		data := p.bytes(p.number())
		switch {
		case id == szEmptyStream:
			a.empty = data
		case id == szNamesID && len(data) > 0 && data[0] == 0:
			a.names = data[1:]
		}
	}
}

// streams reads where the packed data is, the folders, and the files' sizes.
func (p *szParser) streams() (s szStreams) {
	files := false
	for !p.failed {
		switch p.byte() {
		case szEnd:
			if !files {
				s.wholeFolders()
			}
			s.place()
			return s
		case szPackInfo:
			p.packInfo(&s)
		case szUnpackInfo:
			p.unpackInfo(&s)
		case szSubStreams:
			files = true
			p.subStreams(&s)
		default:
			p.fail()
		}
	}
	return s
}

// wholeFolders makes each folder one file.
func (s *szStreams) wholeFolders() {
	for i := range s.folders {
		s.folders[i].sizes = []uint64{s.folders[i].unpacked()}
	}
}

// place says where each folder's packed data is.
func (s *szStreams) place() {
	at, next := int64(32+min(s.at, 1<<61)), 0
	for i := range s.folders {
		f := &s.folders[i]
		f.at = at
		for range f.streams {
			if next < len(s.sizes) {
				f.packed += int64(min(s.sizes[next], 1<<50))
				next++
			}
		}
		at = min(at+f.packed, 1<<61)
	}
}

func (p *szParser) packInfo(s *szStreams) {
	s.at = p.number()
	n := p.count()
	for !p.failed {
		switch p.byte() {
		case szEnd:
			return
		case szSize:
			for range n {
				s.sizes = append(s.sizes, p.number())
			}
		case szCRC:
			p.digests(n)
		default:
			p.fail()
		}
	}
}

func (p *szParser) unpackInfo(s *szStreams) {
	if !p.expect(szFolderID) {
		return
	}
	n := p.count()
	if p.byte() != 0 || n > szCount/16 { // the folders are elsewhere, or too many
		p.fail()
	}
	for range n {
		if p.failed {
			return
		}
		s.folders = append(s.folders, p.folder())
	}
	if !p.expect(szUnpackSize) {
		return
	}
	for i := range s.folders {
		f := &s.folders[i]
		for j := range f.outSizes {
			f.outSizes[j] = p.number()
		}
	}
	id := p.byte()
	if id == szCRC {
		p.folderDigests(s.folders)
		id = p.byte()
	}
	if id != szEnd {
		p.fail()
	}
}

// folderDigests reads which folders have a checksum: their only file then has none of its own.
func (p *szParser) folderDigests(folders []szFolder) {
	before := *p
	all := p.byte() != 0
	bits := p.data
	*p = before
	p.digests(len(folders))
	for i := range folders {
		folders[i].crc = all || bitAt(bits, i)
	}
}

// subStreams reads how many files each folder has, and their sizes: of all but the last, which takes the rest.
func (p *szParser) subStreams(s *szStreams) {
	counts := make([]int, len(s.folders))
	for i := range counts {
		counts[i] = 1
	}
	id := p.byte()
	if id == szNumUnpackStream {
		for i := range counts {
			counts[i] = p.count()
		}
		id = p.byte()
	}
	for i := range s.folders {
		f := &s.folders[i]
		rest := f.unpacked()
		for j := 1; j < counts[i] && !p.failed && id == szSize; j++ {
			n := min(p.number(), rest)
			f.sizes = append(f.sizes, n)
			rest -= n
		}
		if counts[i] > 0 {
			f.sizes = append(f.sizes, rest)
		}
	}
	if id == szSize {
		id = p.byte()
	}
	if id == szCRC {
		unknown := 0
		for i := range s.folders {
			if counts[i] != 1 || !s.folders[i].crc {
				unknown += counts[i]
			}
		}
		p.digests(unknown)
		id = p.byte()
	}
	if id != szEnd {
		p.fail()
	}
}
