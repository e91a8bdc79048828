package uploads

import "hardcheck/checks/internal/parse/clike"

// phpRules: PHP, and Symfony and Laravel with it, take directories off the names of uploads; full_path has them.
var phpRules = &clikeRules{
	lang:    clike.PHP,
	scripts: true,
	members: map[string]trait{"$_FILES": uploads, "__DIR__": relative, "__FILE__": relative},
	uploadMembers: map[string]trait{"name": clientName | clientExtension, "full_path": clientPath | clientExtension, "tmp_name": uploaded, "size": 0,
		"type": 0, "error": 0},
	results: map[string]trait{"getClientOriginalName": clientName | clientExtension, "getClientFilename": clientName | clientExtension,
		"getClientOriginalPath": clientPath | clientExtension, "getClientOriginalExtension": clientExtension,
		"public_path": served, "uniqid": unique, "time": unique, "microtime": unique, "getenv": 0, "storage_path": outside, "sys_get_temp_dir": outside},
	entries: map[string]trait{"getNameIndex": entryName},
	passes:  set("dirname rtrim ltrim trim strtolower strtoupper sprintf implode realpath urldecode str_replace strval"),
	last:    set("basename pathinfo end explode strrchr"),
	sinks: map[string]int{"move_uploaded_file": 1, "copy": 1, "rename": 1, "file_put_contents": 0, "moveTo": 0, "move": anyArgument, "storeAs": anyArgument,
		"storePubliclyAs": anyArgument, "putFileAs": anyArgument},
	opens:   set("ZipArchive PharData"),
	inflate: set("gzdecode gzuncompress gzinflate"),
	unpacks: set("extractTo"),
	before:  phpBefore,
}

func phpHandling(h *handling) { phpRules.run(h, nil) }

// phpBefore knows the document root, the request's body, and an archive that is opened after it was made.
func phpBefore(f *cFlow, x *clike.Expr) (trait, bool) {
	switch {
	case x.Kind == clike.Index && x.X.Kind == clike.Name && x.X.Text == "$_SERVER":
		if x.Y != nil && x.Y.Text == "DOCUMENT_ROOT" {
			return served, true
		}
		return 0, true
	case x.Kind == clike.Call && calledWord(x) == "file_get_contents" && len(x.List) > 0 && x.List[0].Text == "php://input":
		return body, true
	case x.Kind == clike.Call && calledWord(x) == "open" && x.X.Kind == clike.Member && x.X.X.Kind == clike.Name && len(x.List) > 0:
		if f.names[x.X.X.Text].has(archive) {
			f.names[x.X.X.Text] |= f.eval(x.List[0]) & (upload | uploaded)
			return 0, true
		}
	case x.Kind == clike.Call && calledWord(x) == "pathinfo" && len(x.List) == 2:
		return f.eval(x.List[0]) & clientExtension, true
	}
	return 0, false
}
