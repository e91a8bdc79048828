package settings

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/template"
)

// logProduct is a program whose configuration is one directive a line, of which those about logs are kept: one scope
// per file, and where the file has sections, per section that is read.
type logProduct struct {
	layer   string
	wants   func(name, path string) bool // both in small letters
	section string                       // only the directives below these headers count, separated by blanks
	equals  bool                         // NAME = VALUE; otherwise a blank may stand between them
	comment string                       // bytes that begin a comment
	fold    string                       // what is read as _ in names, beside case
	known   []logDirective
}

// logDirective is one that is kept, with what holds where it is not set: nil where that is nothing, or differs by version.
type logDirective struct {
	name  string
	unset any
}

// logProducts is the table. The defaults are those of PostgreSQL 16's documentation (runtime-config-logging), MySQL
// 8.0's reference (server system variables), redis.conf of Redis 7.0, journald.conf(5) of systemd 252 and auditd.conf(5).
var logProducts = []logProduct{
	{layer: "postgresql", comment: "#", known: []logDirective{{"log_statement", "none"}, {"log_min_duration_statement", "-1"},
		{"log_parameter_max_length", "-1"}, {"log_parameter_max_length_on_error", "0"}, {"log_connections", nil}, {"log_destination", "stderr"},
		{"logging_collector", nil}, {"log_directory", nil}, {"log_filename", nil}, {"log_file_mode", "0600"}, {"log_line_prefix", nil},
		{"log_min_error_statement", "error"}, {"log_min_messages", "warning"}, {"log_timezone", nil}, {"log_rotation_age", nil}, {"log_rotation_size", nil}},
		wants: func(name, p string) bool {
			return strings.HasPrefix(name, "postgresql") && path.Ext(name) == ".conf" || pathHas(p, "postgresql") && strings.Contains(p, "conf.d/") && path.Ext(name) == ".conf"
		}},
	{layer: "mysql", section: "mysqld mariadb server", comment: "#;", fold: "-", known: []logDirective{{"general_log", "off"}, {"general_log_file", nil}, {"log_raw", "off"},
		{"log_output", "file"}, {"log_error", nil}, {"slow_query_log", nil}, {"log_error_verbosity", nil}},
		wants: func(name, _ string) bool { return path.Ext(name) == ".cnf" || name == "my.ini" }},
	{layer: "redis", comment: "#", known: []logDirective{{"loglevel", "notice"}, {"logfile", nil}, {"syslog-enabled", nil}},
		wants: func(name, p string) bool {
			return path.Ext(name) == ".conf" && (strings.HasPrefix(name, "redis") || strings.HasPrefix(name, "valkey") || pathHas(p, "redis", "valkey"))
		}},
	{layer: "journald", section: "journal", equals: true, comment: "#;", known: []logDirective{{"storage", "auto"}, {"systemmaxuse", nil}, {"maxretentionsec", nil},
		{"forwardtosyslog", nil}, {"maxlevelstore", "debug"}},
		wants: func(name, p string) bool { return name == "journald.conf" || strings.Contains(p, "journald.conf.d/") }},
	{layer: "auditd", equals: true, comment: "#", known: []logDirective{{"max_log_file_action", nil}, {"disk_full_action", nil}, {"space_left_action", nil},
		{"num_logs", nil}, {"log_format", nil}, {"write_logs", "yes"}},
		wants: func(name, _ string) bool { return name == "auditd.conf" }},
	{layer: "rsyslog", comment: "#", known: []logDirective{{"$filecreatemode", "0644"}, {"$umask", nil}, {"$actionfiledefaulttemplate", nil}},
		wants: func(name, p string) bool {
			return name == "rsyslog.conf" || strings.Contains(p, "rsyslog.d/") && path.Ext(name) == ".conf"
		}},
}

// logDirectiveReaders are the readers of logProducts.
func logDirectiveReaders() []reader {
	out := make([]reader, len(logProducts))
	for i := range logProducts {
		p := &logProducts[i]
		out[i] = reader{layer: p.layer, resolve: standalone, read: p.read, wants: func(e *checks.Entry) bool {
			return e.Mode.IsRegular() && e.Size <= maxConfigSize && p.wants(strings.ToLower(withoutTemplateSuffix(e.Name())), strings.ToLower(e.Path))
		}}
	}
	return out
}

// read keeps the last value of each known directive, as these programs do.
func (p *logProduct) read(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	last := map[string]checks.Setting{}
	var scope *checks.Scope
	in := p.section == ""
	if in {
		scope = p.scope(f, 1)
	}
	number := 0
	for line := range strings.SplitSeq(f.Text(), "\n") {
		number++
		line = strings.TrimSpace(line)
		if section, ok := strings.CutPrefix(line, "["); ok && p.section != "" {
			name, _, _ := strings.Cut(section, "]")
			if in = slices.Contains(strings.Fields(p.section), strings.ToLower(name)); in && scope == nil {
				scope = p.scope(f, number)
			}
			continue
		}
		if set, ok := p.directive(line); in && ok {
			set.Place = checks.Place{Path: f.Path, Line: number}
			last[set.Name] = set
		}
	}
	if scope == nil || p.section == "" && len(last) == 0 && !p.named(f) {
		return nil, nil
	}
	for _, k := range p.known {
		set, ok := last[k.name]
		if !ok && k.unset != nil {
			set = checks.Setting{Layer: p.layer, Name: k.name, Value: k.unset, Origin: checks.OriginDefault, Place: scope.Place, Scope: scope.Name}
		} else if !ok {
			continue
		}
		set.Scope = scope.Name
		scope.Settings = append(scope.Settings, set)
	}
	return []*checks.Scope{scope}, nil
}

func (p *logProduct) scope(f *checks.File, line int) *checks.Scope {
	return &checks.Scope{Layer: p.layer, Kind: "file", Name: "logs", Place: checks.Place{Path: f.Path, Line: line}}
}

// named reports whether the file's own name says that it is the product's main one.
func (p *logProduct) named(f *checks.File) bool {
	name := strings.ToLower(withoutTemplateSuffix(f.Name()))
	return strings.HasPrefix(name, p.layer) && !strings.Contains(f.Path, ".d/")
}

// directive reads one line.
func (p *logProduct) directive(line string) (checks.Setting, bool) {
	if line == "" || strings.IndexByte(p.comment, line[0]) >= 0 {
		return checks.Setting{}, false
	}
	end := strings.IndexAny(line, "= \t")
	if end < 0 {
		end = len(line)
	}
	name := strings.ToLower(line[:end])
	if p.fold != "" {
		name = strings.ReplaceAll(name, p.fold, "_")
	}
	rest := strings.TrimLeft(line[end:], " \t")
	rest, separated := strings.CutPrefix(rest, "=")
	if p.equals && !separated {
		return checks.Setting{}, false
	}
	for _, k := range p.known {
		if k.name != name {
			continue
		}
		raw := strings.TrimSpace(rest)
		set := checks.Setting{Layer: p.layer, Name: name, Value: logValue(raw, p.comment), Raw: redacted("", raw), Origin: checks.OriginSet}
		if template.Has(raw) || strings.Contains(raw, "${") {
			set.Value, set.Origin = nil, checks.OriginDynamic
		}
		return set, true
	}
	return checks.Setting{}, false
}

// logValue is a value without its quotes and the comment behind it. A name alone turns a switch on.
func logValue(raw, comment string) string {
	if raw == "" {
		return "on"
	}
	if q := raw[0]; q == '\'' || q == '"' {
		if end := strings.IndexByte(raw[1:], q); end >= 0 {
			return raw[1 : 1+end]
		}
	}
	for i := 1; i < len(raw); i++ {
		if strings.IndexByte(comment, raw[i]) >= 0 && strings.IndexByte(" \t", raw[i-1]) >= 0 {
			raw = raw[:i]
		}
	}
	return strings.TrimSpace(raw)
}
