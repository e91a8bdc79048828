package uploads

import (
	"regexp"

	"hardcheck/checks/internal/parse/clike"
)

// csharpRules: ASP.NET Core does not take directories off IFormFile.FileName, and Path.Combine follows an absolute one.
var csharpRules = &clikeRules{
	lang:           clike.CSharp,
	members:        map[string]trait{"WebRootPath": served},
	uploadMembers:  map[string]trait{"FileName": clientPath | clientExtension},
	archiveMembers: map[string]trait{"FullName": entryName, "Entries": archive},
	results:        map[string]trait{"NewGuid": unique, "GetRandomFileName": unique, "GetTempFileName": unique, "OpenReadStream": uploaded},
	passes:         set("Combine Join GetFullPath ToString Trim ToLower ToLowerInvariant Concat Format FileInfo MapPath Open OpenRead First Single FirstOrDefault"),
	last:           set("GetFileName GetExtension GetFileNameWithoutExtension"),
	sinks: map[string]int{"new FileStream": 0, "Create": 0, "OpenWrite": 0, "WriteAllBytes": 0, "WriteAllBytesAsync": 0, "SaveAs": 0, "Copy": 1, "Move": 1,
		"ExtractToFile": 0},
	opens:   set("ZipArchive OpenRead"),
	unpacks: set("ExtractToDirectory"),
}

var (
	formFile  = regexp.MustCompile(`\bIFormFile\??\s+(\w+)`)
	formFiles = regexp.MustCompile(`\bIFormFile(?:Collection|>|\[\])[>?]*\s+(\w+)`)
)

// csharpHandling knows uploads by the types of parameters and properties of the file, which the reader skips.
func csharpHandling(h *handling) {
	names := map[string]trait{"Request.Form.Files": uploads}
	for _, m := range formFile.FindAllStringSubmatch(h.source, -1) {
		names[m[1]] = upload
	}
	for _, m := range formFiles.FindAllStringSubmatch(h.source, -1) {
		names[m[1]] = uploads
	}
	rules := *csharpRules
	rules.before = func(f *cFlow, x *clike.Expr) (trait, bool) {
		if x.Kind == clike.Member && x.X.Kind == clike.Name { // model.Photo, a property of the file
			if t, ok := names[x.Text]; ok && f.names[x.X.Text] == 0 {
				return t, true
			}
		}
		return 0, false
	}
	rules.run(h, names)
}
