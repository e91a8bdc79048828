package uploads

import (
	"go/ast"
	"strings"
)

// goPasses are functions whose result has the traits of their arguments.
var goPasses = map[string]bool{"filepath.Join": true, "path.Join": true, "filepath.Clean": true, "path.Clean": true, "filepath.Abs": true, "filepath.Dir": true,
	"path.Dir": true, "filepath.FromSlash": true, "filepath.ToSlash": true, "fmt.Sprintf": true, "fmt.Sprint": true, "strings.ToLower": true, "strings.TrimSpace": true,
	"strings.TrimPrefix": true, "strings.TrimSuffix": true, "strings.TrimRight": true, "strings.Join": true, "string": true, "append": true, "bytes.NewReader": true,
	"bufio.NewReader": true, "bytes.NewBuffer": true, "http.MaxBytesReader": true}

// goSinks store at the path that is this argument.
var goSinks = map[string]int{"os.Create": 0, "os.OpenFile": 0, "os.WriteFile": 0, "ioutil.WriteFile": 0, "os.Rename": 1, "os.Symlink": 1}

// goMethodSinks are those of Gin's and Fiber's contexts.
var goMethodSinks = map[string]int{"SaveUploadedFile": 1, "SaveFile": 1}

// goArchives open an archive; goInflaters decompress a stream.
var (
	goArchives  = map[string]bool{"zip.OpenReader": true, "zip.NewReader": true, "tar.NewReader": true}
	goInflaters = map[string]bool{"gzip.NewReader": true, "zlib.NewReader": true, "flate.NewReader": true, "bzip2.NewReader": true}
	goReads     = map[string]int{"io.ReadAll": 0, "ioutil.ReadAll": 0, "io.Copy": 1}
)

// all is the traits of the arguments together.
func (f *goFlow) all(call *ast.CallExpr) trait {
	var t trait
	for _, a := range call.Args {
		t |= f.eval(a)
	}
	return t
}

// returned is the traits of what a call returns.
func (f *goFlow) returned(call *ast.CallExpr) trait {
	q, word := f.text(call.Fun), goCalled(call)
	var on trait
	if s, ok := call.Fun.(*ast.SelectorExpr); ok {
		on = f.eval(s.X)
	}
	all := f.all(call)
	switch {
	case goArchives[q]:
		return archive | all&(upload|uploaded|body)
	case goInflaters[q]:
		if all.has(body | upload | uploaded) {
			return inflater | uploaded
		}
		return 0
	case rooted(call, f):
		return all &^ (clientPath | entryName)
	case goPasses[q]:
		return all
	case word == "Base" || word == "Ext":
		return all & clientExtension
	case on.has(archive) && (word == "Next" || word == "Open"):
		return on
	case on.has(upload) && word == "Open":
		return uploaded
	case word == "FileName" && len(call.Args) == 0:
		return clientName | clientExtension
	case word == "MultipartForm":
		return uploads
	case cleaning.MatchString(word) || q == "filepath.Rel":
		return all & clientExtension
	case uniqueName.MatchString(q) && !all.has(names):
		return unique
	}
	return 0
}

// rooted reports filepath.Join("/", name) and filepath.Clean("/" + name), which take what goes up off a name.
func rooted(call *ast.CallExpr, f *goFlow) bool {
	word := goCalled(call)
	if word != "Join" && word != "Clean" || len(call.Args) == 0 {
		return false
	}
	first := f.text(call.Args[0])
	return (strings.HasPrefix(first, `"/"`) || strings.HasPrefix(first, "string(filepath.Separator)") || strings.HasPrefix(first, "string(os.PathSeparator)")) &&
		(word == "Join" || strings.Contains(first, "+"))
}

// call judges calls that store and unpack, and notes those that look at a name.
func (f *goFlow) call(call *ast.CallExpr) {
	q, word := f.text(call.Fun), goCalled(call)
	start, end := f.span(call)
	if f.guards(call, q, word) {
		f.guarded = true
		return
	}
	i, ok := goSinks[q]
	if !ok && strings.Contains(q, ".") {
		i, ok = goMethodSinks[word]
	}
	if ok && i < len(call.Args) && f.writes(call, q) {
		path := f.eval(call.Args[i])
		if f.guarded {
			path &^= clientPath | entryName
		}
		if path.has(names) {
			f.stores(start, end, q, path, false)
		}
	}
	i, ok = goReads[q]
	if !ok || i >= len(call.Args) || f.bounded {
		return
	}
	switch from := f.eval(call.Args[i]); {
	case from.has(inflater):
		f.fail("decompress-unbounded", start, end, q, "a bound on what comes out", "What a client sends is decompressed whole: a kilobyte makes a megabyte")
	case from.has(archive) && from.has(upload|uploaded|body):
		f.fail("archive-unbounded", start, end, q, "a bound on the entries and their sizes", q+" unpacks an entry of an archive that a client sent, however many gigabytes it makes")
	}
}

// guards reports a call that looks at a name, or refuses it.
func (f *goFlow) guards(call *ast.CallExpr, q, word string) bool {
	switch q {
	case "filepath.IsLocal", "filepath.Rel", "filepath.IsAbs", "fs.ValidPath", "strings.HasPrefix", "path.IsAbs":
		return f.all(call).has(names)
	case "strings.Contains", "strings.ContainsAny", "strings.HasSuffix", "strings.ContainsRune", "strings.Index":
		return f.all(call).has(names) && len(call.Args) == 2 && (strings.Contains(f.text(call.Args[1]), "..") || strings.ContainsAny(f.text(call.Args[1]), `/\`))
	}
	return cleaning.MatchString(word) && f.all(call).has(names)
}

// writes reports whether os.OpenFile is to write; the others always are.
func (f *goFlow) writes(call *ast.CallExpr, q string) bool {
	return q != "os.OpenFile" || len(call.Args) > 1 && f.text(call.Args[1]) != "os.O_RDONLY"
}
