// Package unpack shows the texts inside containers: archives, compressed files, images of containers, databases,
// documents and pictures. Containers are known by their content, never by a name. Nothing is written anywhere, no
// path inside is followed, and every bound that bites is told.
package unpack

import (
	"cmp"
	"context"
	"errors"
	"io"

	"hardcheck/checks"
)

// Limits bound one walk. Zero means the default.
type Limits struct {
	Depth   int   // archives inside each other, 5; with the compressions between them twice as many
	Members int   // 100,000
	Bytes   int64 // unpacked in all, intermediate layers included: 1 GiB
	Member  int64 // shown of one member: 256 MiB
	Ratio   int64 // unpacked to packed bytes of one stream after its first MiB: 1000
	Memory  int64 // held at once for nested containers and dictionaries: 66 MiB
	// Name is the file's: it names what a compressed file holds that does not say itself.
	Name string
}

func (l Limits) withDefaults() Limits {
	l.Depth = cmp.Or(l.Depth, 5)
	l.Members = cmp.Or(l.Members, 100_000)
	l.Bytes = cmp.Or(l.Bytes, 1<<30)
	l.Member = cmp.Or(l.Member, 256<<20)
	l.Ratio = cmp.Or(l.Ratio, 1000)
	l.Memory = cmp.Or(l.Memory, maxMemory)
	return l
}

// Member is one text inside, or one piece of it.
type Member struct {
	// Path is below the outer container: "lib/app.jar/BOOT-INF/application.yml". It is for reading only, and may
	// hold anything that the archive says, such as "../".
	Path  string
	Kinds []Kind // the containers around it, from the outermost: tar, gzip, ...
	Data  []byte // valid during the call only
	Layer string // of a container image: the layer's digest or path
	Size  int64  // what the container states for the whole member, or -1
	// Offset and Lines are the bytes and line breaks of the member before Data. A member of PieceSize bytes or more is
	// shown in pieces of that size that overlap by 64 KiB; the last piece is shorter, whatever Size says.
	Offset int64
	Lines  int
}

// Walk shows every member that is not itself a container, recursively, and gives the problems met: what is
// encrypted, damaged or of an unsupported method, and each bound that bit. What lies in front of damage is shown. A
// file that is no container is shown as one member without a path.
func Walk(ctx context.Context, at io.ReaderAt, size int64, limits Limits, visit func(Member)) []checks.Problem {
	w := &walker{ctx: ctx, limits: limits.withDefaults(), visit: visit}
	n := node{}
	defer func() {
		w.memory = 0
		w.settleMemory()
	}()
	w.tell(n, w.open(n, source{at: at, size: size}))
	return w.problems.All()
}

// walker is one walk.
type walker struct {
	ctx      context.Context
	limits   Limits
	visit    func(Member)
	problems checks.ProblemList
	members  int
	bytes    int64 // unpacked so far
	memory   int64 // held now, by nested containers and dictionaries
	large    bool  // it holds the lock for more than SmallMemory
	over     bool  // a bound of the whole walk bit, and was told
}

// node is a place inside: the members on the way to it, and the containers around.
type node struct {
	path  string
	kinds []Kind
	depth int    // archives around
	layer string // of a container image
	image string // the layer that this is if it is a tar
	plain bool   // show it as it is, whatever it looks like
	file  string // the name of what a compression holds, added to the path unless that is an archive
}

// inside is the node within a container.
func (n node) inside(kind Kind) node {
	n.kinds = append(n.kinds[:len(n.kinds):len(n.kinds)], kind)
	if kind.archive() {
		n.depth++
	}
	return n
}

// member is the node of a named member.
func (n node) member(name string) node {
	n.image, n.file = "", ""
	if n.path == "" {
		n.path = name
	} else if name != "" {
		n.path += "/" + name
	}
	return n
}

// errStopped ends a walk whose reason has been told.
var errStopped = errors.New("the walk is over")

// failure is an error that says what was expected and found.
type failure struct {
	expected, actual string
	told             bool // nothing that could be examined was left out: told, not blind
}

func (f *failure) Error() string { return "expected " + f.expected + ", found " + f.actual }

// within says of a damaged container which kind it is.
func within(kind Kind, err error) error {
	if f := (*failure)(nil); err == nil || err == errStopped || errors.As(err, &f) {
		return err
	}
	// The rest of a broken picture is no text.
	return &failure{expected: "whole " + string(kind) + " data", actual: err.Error(), told: kind.picture()}
}

// tell lists what went wrong at a node.
func (w *walker) tell(n node, err error) {
	if err == nil || err == errStopped {
		return
	}
	p := checks.Problem{Op: "unpack", Expected: "whole data", Actual: err.Error(), Retry: checks.RetryUseless, Where: n.path, Blind: true}
	if f := (*failure)(nil); errors.As(err, &f) {
		p.Expected, p.Actual, p.Blind = f.expected, f.actual, !f.told
	}
	w.problems.Add(p)
}

// settle tells what went wrong with a member, so that the others go on. Only what ends the walk is returned.
func (w *walker) settle(n node, err error) error {
	if err == errStopped {
		return err
	}
	w.tell(n, err)
	return nil
}
