package uploads

import (
	"regexp"
	"strings"

	"hardcheck/checks/internal/parse/clike"
)

var javascriptMarks = []string{"originalname", "originalFilename", "filename", "formData(", "busboy", "Busboy", "req.files", "entryName", "AdmZip", "unzipper", "zlib", ".mv("}

// javascriptRules: multer, express-fileupload and @fastify/multipart read forms with busboy, which takes directories off
// names; formidable, hapi and the web's FormData leave them in.
var javascriptRules = &clikeRules{
	lang: clike.JavaScript,
	members: map[string]trait{"originalname": clientName | clientExtension, "originalFilename": clientPath | clientExtension,
		"entryName": entryName},
	uploadMembers:  map[string]trait{"path": uploaded, "buffer": uploaded, "data": uploaded, "filepath": uploaded, "tempFilePath": uploaded},
	archiveMembers: map[string]trait{"path": entryName},
	results:        map[string]trait{"randomUUID": unique, "uuidv4": unique, "v4": unique, "nanoid": unique, "randomBytes": unique},
	entries:        map[string]trait{"getEntries": archive},
	passes: set("join resolve normalize concat toString String trim toLowerCase toUpperCase decodeURI from Buffer arrayBuffer format get values entries keys " +
		"getAll next pop shift at"),
	last: set("basename extname parse"),
	sinks: map[string]int{"writeFile": 0, "writeFileSync": 0, "createWriteStream": 0, "appendFile": 0, "appendFileSync": 0, "outputFile": 0, "outputFileSync": 0,
		"rename": 1, "renameSync": 1, "copyFile": 1, "copyFileSync": 1, "move": 1, "moveSync": 1, "mv": 0},
	opens:   set("AdmZip"),
	inflate: set("gunzipSync inflateSync unzipSync brotliDecompressSync inflateRawSync gunzip inflate unzip brotliDecompress inflateRaw"),
	unpacks: set("extractAllTo extractAllToAsync"),
	before:  javascriptBefore,
}

func javascriptHandling(h *handling) { javascriptRules.run(h, nil) }

var (
	requestName = regexp.MustCompile(`(^|\.)(req|request)$`)
	hapiName    = regexp.MustCompile(`\.hapi\.filename$`)
)

// javascriptBefore knows what depends on how a value is written: req.files, file.name, multer's storage.
func javascriptBefore(f *cFlow, x *clike.Expr) (trait, bool) {
	switch x.Kind {
	case clike.Member:
		return javascriptMember(f, x)
	case clike.Call:
		if x.X.Kind != clike.Member {
			return diskStorage(f, x)
		}
		switch on, word := f.ast.Text(x.X.X), x.X.Text; {
		case word == "diskStorage":
			return diskStorage(f, x)
		case requestName.MatchString(on) && (word == "file" || word == "saveRequestFiles"):
			return upload | streamed, true
		case requestName.MatchString(on) && (word == "files" || word == "parts" || word == "formData"):
			return uploads | streamed, true
		case word == "get" && strings.Contains(strings.ToLower(on), "formdata"), word == "get" && f.eval(x.X.X).has(streamed):
			return upload | streamed, true
		case word == "on" && len(x.List) == 2 && x.List[1].Kind == clike.Function && x.List[0].Kind == clike.String:
			return 0, javascriptEvent(f, x.List[0].Text, x.List[1])
		}
	}
	return 0, false
}

func javascriptMember(f *cFlow, x *clike.Expr) (trait, bool) {
	text := f.ast.Text(x)
	if requestName.MatchString(f.ast.Text(x.X)) {
		switch x.Text {
		case "file":
			return upload, true
		case "files":
			return uploads, true
		case "body", "rawBody":
			return body, true
		}
	}
	if hapiName.MatchString(text) {
		return clientPath | clientExtension, true
	}
	if x.Text != "name" && x.Text != "filename" && x.Text != "type" && x.Text != "mimetype" {
		return 0, false
	}
	if _, ok := f.names[text]; ok {
		return 0, false
	}
	on := f.eval(x.X)
	switch {
	case x.Text == "name" && on.has(upload) && on.has(streamed):
		return clientPath | clientExtension, true
	case x.Text == "name" && on.has(upload), x.Text == "filename" && on.has(upload) && on.has(streamed):
		if strings.Contains(f.source, "preservePath: true") {
			return clientPath | clientExtension, true
		}
		return clientName | clientExtension, true
	}
	return 0, false
}

// javascriptEvent follows busboy's on("file", (field, stream, info)) and unzipper's on("entry", entry).
func javascriptEvent(f *cFlow, event string, fn *clike.Expr) bool {
	given := map[string]trait{}
	switch {
	case event == "file" && len(fn.Params) >= 4: // busboy before 1.0: field, stream, filename, encoding, mimetype
		given[fn.Params[2]] = clientName | clientExtension
	case event == "file" && len(fn.Params) == 3:
		given[fn.Params[2]] = upload | streamed
	case event == "entry" && len(fn.Params) == 1:
		given[fn.Params[0]] = archive
	default:
		return false
	}
	f.inside(fn.Params, given, fn.Body, fn.X)
	return true
}

// diskStorage judges multer.diskStorage({destination, filename}): the name that its function hands to the callback.
func diskStorage(f *cFlow, x *clike.Expr) (trait, bool) {
	if calledWord(x) != "diskStorage" || len(x.List) != 1 {
		return 0, false
	}
	var dir trait
	for _, p := range x.List[0].Props {
		if p.Key != "destination" {
			continue
		}
		dir |= f.eval(p.Value) & served
		clike.Each(p.Value.Body, func(inner *clike.Expr) bool {
			dir |= f.eval(inner) & served
			return true
		})
	}
	for _, p := range x.List[0].Props {
		if p.Key == "filename" && p.Value.Kind == clike.Function && len(p.Value.Params) == 3 {
			f.handedOver(p.Value, dir)
		}
	}
	f.stored = true
	return 0, true
}

// handedOver follows a function (req, file, cb) that calls cb(null, name).
func (f *cFlow) handedOver(fn *clike.Expr, dir trait) {
	inner := *f
	rules := *f.clikeRules
	back := fn.Params[2]
	rules.before = func(g *cFlow, x *clike.Expr) (trait, bool) {
		if x.Kind == clike.Call && x.X.Kind == clike.Name && x.X.Text == back && len(x.List) == 2 {
			g.storesAt(x, back, g.eval(x.List[1])|dir)
			return 0, true
		}
		return javascriptBefore(g, x)
	}
	inner.clikeRules = &rules
	inner.inside(fn.Params, map[string]trait{fn.Params[1]: upload}, fn.Body, fn.X)
}
