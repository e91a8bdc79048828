package settings

import (
	"path"
	"strings"

	"hardcheck/checks"
)

// logrotateReader reads logrotate's configuration (logrotate(8), 3.21): one scope per block of files, with what the
// lines before it and the main file set for all.
func logrotateReader() reader {
	return reader{layer: "logrotate", wants: wantsLogrotate, read: readLogrotate, resolve: resolveLogrotate}
}

func wantsLogrotate(e *checks.Entry) bool {
	name := strings.ToLower(withoutTemplateSuffix(e.Name()))
	return e.Mode.IsRegular() && e.Size <= maxConfigSize &&
		(name == "logrotate.conf" || path.Ext(name) == ".logrotate" || pathHas(e.Path, "logrotate.d") || name == "logrotate" && path.Base(path.Dir(e.Path)) == "debian")
}

// logrotateDirectives are those that are kept. Words that set the frequency are one setting.
var (
	logrotateDirectives  = words("rotate maxage size maxsize minsize create nocreate compress su copytruncate shred dateext olddir createolddir")
	logrotateFrequencies = words("hourly daily weekly monthly yearly")
	logrotateScripts     = words("prerotate postrotate firstaction lastaction preremove")
)

// maxLogrotateBlocks bounds the blocks of one file.
const maxLogrotateBlocks = 1000

// logrotateFile is one file: its blocks, and what it sets outside of them.
type logrotateFile struct {
	global []checks.Setting
	blocks []*checks.Scope
}

func readLogrotate(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	file, block := &logrotateFile{}, (*checks.Scope)(nil)
	var names []string // of a block whose brace comes on a later line
	script := false
	number := 0
	for line := range strings.SplitSeq(f.Text(), "\n") {
		number++
		line = strings.TrimSpace(line)
		place := checks.Place{Path: f.Path, Line: number}
		first, _, _ := strings.Cut(line, " ")
		switch {
		case script:
			script = line != "endscript"
		case line == "" || line[0] == '#':
		case block != nil && line[0] == '}':
			block = nil
		case block != nil && logrotateScripts[first]:
			script = true
		case block != nil:
			block.Settings = append(block.Settings, logrotateSetting(line, place)...)
		case strings.HasSuffix(line, "{") || strings.ContainsAny(line[:1], `/"'*~{`):
			list, open := strings.CutSuffix(line, "{")
			names = append(names, strings.Fields(list)...)
			if open && len(file.blocks) < maxLogrotateBlocks {
				block = &checks.Scope{Layer: "logrotate", Kind: "files", Name: shortList(names), Place: place, Settings: inherited(file.global)}
				file.blocks, names = append(file.blocks, block), nil
			}
		default:
			file.global = append(file.global, logrotateSetting(line, place)...)
		}
	}
	return file, nil
}

// shortList joins a few names.
func shortList(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], " ") + " ..."
	}
	return strings.Join(names, " ")
}

// logrotateSetting reads a directive that is kept.
func logrotateSetting(line string, place checks.Place) []checks.Setting {
	line, _, _ = strings.Cut(line, " #")
	fields := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '=' })
	if len(fields) == 0 {
		return nil
	}
	s := checks.Setting{Layer: "logrotate", Name: fields[0], Raw: strings.Join(fields[1:], " "), Origin: checks.OriginSet, Place: place}
	switch {
	case logrotateFrequencies[fields[0]]:
		s.Name, s.Value, s.Raw = "frequency", fields[0], fields[0]
	case !logrotateDirectives[fields[0]]:
		return nil
	case len(fields) == 1:
		s.Value = true
	default:
		s.Value = s.Raw
	}
	return []checks.Setting{s}
}

// resolveLogrotate gives the files of logrotate.d what logrotate.conf beside that directory sets for all.
func resolveLogrotate(docs []document) ([]*checks.Scope, []checks.Problem) {
	mains := map[string][]checks.Setting{}
	for _, d := range docs {
		if path.Base(d.path) == "logrotate.conf" {
			mains[path.Dir(d.path)] = d.value.(*logrotateFile).global
		}
	}
	var scopes []*checks.Scope
	for _, d := range docs {
		main := inherited(mains[path.Dir(path.Dir(d.path))])
		for _, s := range d.value.(*logrotateFile).blocks {
			if path.Base(path.Dir(d.path)) == "logrotate.d" {
				s.Settings = append(main[:len(main):len(main)], s.Settings...)
			}
			for i := range s.Settings {
				s.Settings[i].Scope = s.Name
			}
			scopes = append(scopes, s)
		}
	}
	return scopes, nil
}
