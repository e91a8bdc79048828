package uploads

import (
	"regexp"
	"strings"

	"hardcheck/checks/internal/parse/clike"
)

// rubyRules: Rack 2 and Rails with it leave directories in the names of uploads (Rack::Multipart::Parser, get_filename).
var rubyRules = &clikeRules{
	lang: clike.Ruby,
	members: map[string]trait{"original_filename": clientPath | clientExtension, "tempfile": uploaded, "raw_post": body, "uuid": unique, "hex": unique,
		"urlsafe_base64": unique, "alphanumeric": unique},
	results: map[string]trait{"hex": unique, "uuid": unique, "urlsafe_base64": unique, "random_number": unique, "original_filename": clientPath | clientExtension},
	passes:  set("join expand_path to_s to_str Pathname strip downcase upcase force_encoding scrub path read new"),
	last:    set("basename extname"),
	sinks:   map[string]int{"binwrite": 0, "write": 0, "mv": 1, "move": 1, "cp": 1, "copy": 1, "copy_file": 1, "rename": 1, "copy_stream": 1},
	inflate: set("inflate decompress gunzip"),
	before:  rubyBefore,
}

// rubyGuard is in files that refuse or clean names; Ruby's conditions are not told apart by the reader.
var rubyGuard = regexp.MustCompile(`(?i)include\?\s*\(?\s*["']\.\.|start_with\?|sanitize|parameterize|relative_path_from|cleanpath|\.gsub\(|\.tr\(|\.delete\(["']/|match\?|=~`)

func rubyHandling(h *handling) {
	f := &cFlow{handling: h, clikeRules: rubyRules, ast: clike.Of(h.file, clike.Ruby), names: map[string]trait{}, guarded: rubyGuard.MatchString(h.source)}
	f.block(f.ast.Body)
}

var (
	rackName     = regexp.MustCompile(`\bparams\b.*\[(:filename|"filename"|'filename')\]$`)
	rubyBody     = regexp.MustCompile(`(^|\.)request\.(body|raw_post)(\.(read|string))?(\(\))?$`)
	interpolates = regexp.MustCompile(`#\{([^{}]{1,200})\}`)
)

// rubyBefore knows Sinatra's names, requests' bodies, texts with values in them, and files that are opened for writing.
func rubyBefore(f *cFlow, x *clike.Expr) (trait, bool) {
	text := f.ast.Text(x)
	switch {
	case x.Kind == clike.Index && rackName.MatchString(text):
		return clientPath | clientExtension, true
	case (x.Kind == clike.Member || x.Kind == clike.Call) && rubyBody.MatchString(text):
		return body, true
	case x.Kind == clike.Template:
		return rubyText(f, text), true
	case x.Kind == clike.Member && f.passes[x.Text]: // a call without parentheses
		return f.eval(x.X), true
	case x.Kind == clike.Call && calledWord(x) == "open" && len(x.List) > 0:
		path := f.eval(x.List[0])
		if len(x.List) > 1 && strings.ContainsAny(f.ast.Text(x.List[1]), "wa") {
			f.storesAt(x, "open", path)
		}
		return 0, true
	}
	return 0, false
}

// rubyText is what a text with interpolations is made of: the reader leaves those as they are written.
func rubyText(f *cFlow, text string) (t trait) {
	for _, m := range interpolates.FindAllStringSubmatch(text, -1) {
		switch inner := strings.TrimSpace(m[1]); {
		case strings.Contains(inner, "basename"), strings.Contains(inner, "extname"):
			t |= clientExtension
		case strings.HasSuffix(inner, "original_filename"), rackName.MatchString(inner):
			t |= clientPath | clientExtension
		case uniqueName.MatchString(inner):
			t |= unique
		default:
			t |= f.names[inner]
		}
	}
	return t | literal(interpolates.ReplaceAllString(strings.Trim(text, `"`), "_"))
}
