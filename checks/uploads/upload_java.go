package uploads

import (
	"regexp"

	"hardcheck/checks/internal/parse/clike"
)

// javaRules: neither Spring nor the servlet container takes directories off the names of uploads.
var javaRules = &clikeRules{
	lang: clike.Java,
	results: map[string]trait{"getOriginalFilename": clientPath | clientExtension, "getSubmittedFileName": clientPath | clientExtension,
		"getNextEntry": archive, "getNextZipEntry": archive, "getNextTarEntry": archive, "getNextJarEntry": archive, "randomUUID": unique, "currentTimeMillis": unique,
		"nanoTime": unique},
	entries: map[string]trait{"getName": entryName, "entries": archive, "stream": archive, "nextElement": archive, "asIterator": archive, "list": archive,
		"getEntries": archive},
	passes: set("File Path of get resolve toPath toFile toString String valueOf normalize toAbsolutePath getCanonicalFile getAbsoluteFile cleanPath concat trim toLowerCase " +
		"format join requireNonNull getInputStream getBytes BufferedInputStream orElse list"),
	last: set("getFileName getName getExtension getFilenameExtension getBaseName lastIndexOf"),
	sinks: map[string]int{"transferTo": 0, "new FileOutputStream": 0, "new FileWriter": 0, "new RandomAccessFile": 0, "copyInputStreamToFile": 1, "writeByteArrayToFile": 0,
		"copy": 1, "move": 1, "newOutputStream": 0, "createFile": 0, "newBufferedWriter": 0},
	opens:   set("ZipInputStream ZipFile JarFile JarInputStream TarArchiveInputStream ZipArchiveInputStream"),
	inflate: set("readAllBytes toByteArray copy"),
	before:  javaBefore,
}

func javaHandling(h *handling) { javaRules.run(h, nil) }

var requestStream = regexp.MustCompile(`(^|\.)(req|request)\.getInputStream\(\)$`)

// javaBefore knows what reads a request's body compressed, and the files that part.write and Files.write make.
func javaBefore(f *cFlow, x *clike.Expr) (trait, bool) {
	switch {
	case x.Kind == clike.New && calledWord(x) == "GZIPInputStream" && len(x.List) > 0:
		if requestStream.MatchString(f.ast.Text(x.List[0])) || f.eval(x.List[0]).has(body) {
			return inflater, true
		}
	case x.Kind == clike.Call && requestStream.MatchString(f.ast.Text(x)):
		return body, true
	case x.Kind == clike.Call && calledWord(x) == "write" && x.X.Kind == clike.Member && len(x.List) > 0 && (x.X.X.Text == "Files" || len(x.List) == 1):
		t := f.eval(x.List[0])
		for _, a := range x.List[1:] {
			f.eval(a)
		}
		f.storesAt(x, "write", t)
		return 0, true
	}
	return 0, false
}
