package settings

import (
	"path"
	"strings"

	"hardcheck/checks/internal/parse/apache"
)

// loaded lists the modules that a main configuration and what it includes load. It is nil where no line loads one, or
// where lines that do may lie in files that are not in the tree: then nothing is known.
func (t *apacheTree) loaded(main, base string) map[string]bool {
	out, seen, complete := map[string]bool{}, map[string]bool{}, true
	var read func(file string, list []*apache.Directive)
	read = func(file string, list []*apache.Directive) {
		for _, d := range list {
			switch {
			case d.Is("LoadModule") && len(d.Args) > 0:
				out[apacheModule(d.Arg(0))] = true
				complete = complete && !d.Template && !d.Conditional
			case d.Is("Include"), d.Is("IncludeOptional"):
				found := t.find(d.Arg(0), base, file)
				complete = complete && (len(found) > 0 || !strings.Contains(path.Base(path.Dir(d.Arg(0)))+path.Base(d.Arg(0)), "mod") &&
					!strings.HasSuffix(d.Arg(0), ".load"))
				for _, p := range found {
					if !seen[p] && len(seen) < maxIncluded {
						seen[p] = true
						read(p, t.docs[p].conf.Directives)
					}
				}
			}
			read(file, d.Body)
		}
	}
	read(main, t.docs[main].conf.Directives)
	if len(out) == 0 || !complete {
		return nil
	}
	return out
}

const maxIncluded = 200 // files looked through for modules

// apacheModule is a module's bare name: "headers" of mod_headers.c and headers_module.
func apacheModule(name string) string {
	name = strings.ToLower(path.Base(name))
	name = strings.TrimPrefix(strings.TrimSuffix(name, ".c"), "mod_")
	return strings.TrimSuffix(name, "_module")
}

// apacheStatic are the modules that distributions build into httpd, or that nothing hangs on.
var apacheStatic = words("core http http_core so unixd log_config logio version watchdog prefork worker event mpm_prefork mpm_worker mpm_event")

func (t *apacheTree) hasModule(name string) bool {
	name = apacheModule(name)
	return t.modules == nil || t.modules[name] || apacheStatic[name]
}
