package uploads

import (
	"strings"

	"hardcheck/checks/internal/parse/python"
)

// pyPaths are functions whose result has the traits of what they are given.
var pyPaths = map[string]bool{"os.path.join": true, "posixpath.join": true, "os.path.normpath": true, "os.path.abspath": true, "os.path.realpath": true,
	"os.path.expanduser": true, "os.fspath": true, "str": true, "pathlib.Path": true, "pathlib.PurePath": true, "pathlib.PosixPath": true, "Path": true,
	"io.BytesIO": true, "BytesIO": true, "bytes": true, "list": true, "sorted": true, "enumerate": true, "anyio.Path": true, "join": true}

// pyPasses are methods of the same kind.
var pyPasses = map[string]bool{"strip": true, "lower": true, "upper": true, "replace": true, "encode": true, "decode": true, "absolute": true, "resolve": true,
	"as_posix": true, "joinpath": true, "format": true, "read": true, "expanduser": true, "values": true, "items": true, "getlist": true, "get": true, "pop": true, "first": true}

// pyMoves store a file at the path that is their second argument.
var pyMoves = map[string]bool{"shutil.move": true, "os.rename": true, "os.replace": true, "shutil.copy": true, "shutil.copyfile": true, "shutil.copy2": true}

// pyInflates decompress all they are given at once.
var pyInflates = map[string]bool{"gzip.decompress": true, "zlib.decompress": true, "bz2.decompress": true, "lzma.decompress": true, "brotli.decompress": true}

func (f *pyFlow) call(n *python.Call) trait {
	args := make([]trait, len(n.Args))
	var all trait
	for i := range n.Args {
		args[i] = f.eval(n.Args[i].Value)
		all |= args[i]
	}
	q, name := f.scope.Qualified(n.Func), calledName(n)
	var on trait
	if a, ok := n.Func.(*python.Attribute); ok {
		on = f.eval(a.X)
	}
	f.sinks(n, q, name, on, args)
	switch {
	case q == "os.path.basename" || q == "ntpath.basename":
		return all &^ (clientPath | clientName | entryName)
	case q == "os.path.splitext":
		return all & clientExtension
	case strings.HasSuffix(q, "unquote") || strings.HasSuffix(q, "unquote_plus"):
		if all.has(clientName) {
			return clientPath | clientExtension
		}
		return all
	case q == "zipfile.ZipFile" || q == "tarfile.open" || q == "tarfile.TarFile" || q == "ZipFile":
		return archive | all&(upload|uploaded|body)
	case q == "gzip.GzipFile" || q == "gzip.open":
		if all.has(upload | uploaded | body) {
			return inflater
		}
		return 0
	case cleaning.MatchString(name):
		return all & clientExtension
	case pyPaths[q], name == "join" && !on.has(upload):
		return all | on
	case uniqueName.MatchString(q) && !all.has(names):
		return unique
	case on != 0 || all != 0 && pyPasses[name]:
		return f.method(n, name, on, all)
	}
	return f.requestRead(q, name)
}

// method is a method of something with traits.
func (f *pyFlow) method(n *python.Call, name string, on, all trait) trait {
	switch {
	case on.has(archive):
		switch name {
		case "infolist", "getmembers", "namelist", "getnames", "next", "getinfo", "getmember":
			f.bounded = f.bounded || strings.Contains(f.source, "file_size") || strings.Contains(f.source, ".size")
			if name == "namelist" || name == "getnames" {
				return entryName
			}
			return archive
		}
		return 0
	case on.has(inflater) && name == "read" && len(n.Args) == 0:
		start, end := n.Span()
		f.inflates(start, end, "read")
		return 0
	case (name == "split" || name == "rsplit") && on.has(names):
		return clientExtension
	case name == "read" && on.has(upload|uploaded):
		return uploaded
	case name == "getlist":
		return on
	case name == "next" && on.has(uploads): // aiohttp: await reader.next()
		return upload
	case pyPasses[name]:
		if name == "get" || name == "pop" {
			on = f.element(on)
			if on.has(body) {
				on = upload
			}
		}
		return on | all
	}
	return 0
}

// requestRead is what reads a request: its body, or the uploads of its form.
func (f *pyFlow) requestRead(q, name string) trait {
	i := strings.LastIndexByte(q, '.')
	if i < 0 || lastWord(q[:i]) != "request" && lastWord(q[:i]) != "req" {
		return 0
	}
	switch name {
	case "get_data", "body", "read":
		return body
	case "form", "post": // Starlette, aiohttp: a mapping of fields, some of them uploads
		return body
	case "multipart":
		return uploads
	}
	return 0
}

// sinks judges calls that store and unpack.
func (f *pyFlow) sinks(n *python.Call, q, name string, on trait, args []trait) {
	start, end := n.Span()
	at := func(i int) trait {
		if i < len(args) {
			return args[i]
		}
		return 0
	}
	switch {
	case (q == "open" || q == "aiofiles.open" || q == "io.open" || q == "anyio.open_file") && f.writes(n, 1):
		f.storesAt(start, end, q, at(0))
	case name == "open" && on.has(names|served) && f.writes(n, 0), (name == "write_bytes" || name == "write_text") && on != 0:
		f.storesAt(start, end, name, on)
	case name == "save" && on.has(upload) && len(args) > 0:
		f.stored = true
		f.storesAt(start, end, "save", at(0))
		f.keep(n.Args[0].Value)
	case pyMoves[q] && len(args) > 1:
		f.storesAt(start, end, q, at(1))
	case (name == "extractall" || name == "extract") && on.has(archive) && on.has(upload|uploaded|body),
		q == "shutil.unpack_archive" && at(0).has(upload|uploaded):
		f.stored = true
		if !f.bounded {
			f.fail("archive-unbounded", start, end, name, "a bound on the entries and their sizes", name+" unpacks an archive that a client sent, however many gigabytes it makes")
		}
	case pyInflates[q] && at(0).has(body|upload|uploaded):
		f.inflates(start, end, q)
	}
}

// keep notes that a path holds an upload from now on.
func (f *pyFlow) keep(path python.Expr) {
	switch n := path.(type) {
	case *python.Name:
		f.set(n.ID, f.names[n.ID]|uploaded)
	case *python.Attribute:
		f.set(f.scope.Raw(n), f.eval(n)|uploaded)
	}
}

func (f *pyFlow) inflates(start, end int, label string) {
	f.fail("decompress-unbounded", start, end, label, "a bound on what comes out", "What a client sends is decompressed whole: a kilobyte makes a megabyte")
}

// storesAt judges a path that is written; a test before it may have cleared the names in it.
func (f *pyFlow) storesAt(start, end int, label string, path trait) {
	if f.guarded {
		path &^= clientPath | entryName
	}
	if path.has(names) {
		f.stores(start, end, label, path, false)
	}
}

// writes reports whether the mode of open(), its argument of that index, is one that writes.
func (f *pyFlow) writes(n *python.Call, index int) bool {
	for i, a := range n.Args {
		if a.Name == "mode" || a.Name == "" && i == index {
			if mode, ok := f.scope.Eval(a.Value).V.(string); ok {
				return strings.ContainsAny(mode, "wax+")
			}
		}
	}
	return false
}
