package uploads

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// memory finds Compose services with less memory, or a smaller temporary file system, than the bodies that their workers
// may take at once.
func (m *mismatches) memory(services []*checks.Scope) {
	for i := range m.chains {
		c := &m.chains[i]
		most, by := c.effective(coversForm, false)
		if by == nil || c.unsure {
			continue
		}
		for j := range c.layers {
			l := &c.layers[j]
			if l.role != roleServer {
				continue
			}
			if service := serviceOf(l.scope, services); service != nil {
				m.service(c, l, service, most.bytes)
			}
		}
	}
}

// serviceOf is the Compose service that starts a server: by its command, or built from the directory of its Dockerfile.
func serviceOf(server *checks.Scope, services []*checks.Scope) *checks.Scope {
	for _, s := range services {
		if s.Place.Path == server.Place.Path && strings.HasSuffix(server.Name, " in "+s.Name) {
			return s
		}
		context, ok := s.Get("build.context")
		if ok && !context.Dynamic() && path.Base(server.Place.Path) == "Dockerfile" &&
			path.Join(path.Dir(s.Place.Path), context.Text()) == path.Dir(server.Place.Path) {
			return s
		}
	}
	return nil
}

// service judges one service: each of its workers may hold a body of that size.
func (m *mismatches) service(c *chain, server *layer, service *checks.Scope, most int64) {
	workers := atOnce(server.scope)
	if workers > 1<<16 || most > 1<<46 {
		return
	}
	for _, set := range service.Settings {
		for what, room := range roomOf(&set) {
			if need := most * workers; room < need {
				at := *server
				at.set = set
				m.fail(c, "memory-below-limit", &at, nil, checks.FormatSize(need)+" for "+strconv.FormatInt(workers, 10)+" at once",
					fmt.Sprintf("%s of the service is %s, and its workers may take %d bodies of %s at once", what, checks.FormatSize(room), workers, checks.FormatSize(most)),
					fmt.Sprintf("Give the service more than %s, or limit bodies to %d.", checks.FormatSize(need), room/workers))
			}
		}
	}
}

// atOnce is how many requests a server handles at the same time, as far as its settings say: one where they do not.
func atOnce(s *checks.Scope) int64 {
	n := int64(1)
	for _, name := range []string{"workers", "threads"} {
		if set, ok := s.Get(name); ok {
			if v, isInt := set.Int(); isInt && v > 0 && v < 1<<16 {
				n *= v
			}
		}
	}
	return n
}

// roomOf is what a setting of a Compose service says of memory, or of a temporary file system that uploads are written to.
func roomOf(set *checks.Setting) map[string]int64 {
	out := map[string]int64{}
	switch set.Name {
	case "mem_limit", "deploy.resources.limits.memory":
		if n, ok := composeBytes(set.Text()); ok {
			out["The memory"] = n
		}
	case "tmpfs":
		for _, mount := range set.List() {
			dir, options, _ := strings.Cut(mount, ":")
			if dir = path.Clean(dir); dir != "/tmp" && dir != "/var/tmp" {
				continue
			}
			for _, option := range strings.Split(options, ",") {
				size, ok := strings.CutPrefix(option, "size=")
				if n, known := composeBytes(size); ok && known {
					out["The temporary space "+dir] = n
				}
			}
		}
	}
	return out
}

// composeBytes reads "512m", "1gb", "64M", "1073741824": units of 1024, as Docker's go-units has them.
func composeBytes(text string) (int64, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	digits := strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(text, "ib"), "b"), "kmgt")
	unit := strings.TrimSuffix(strings.TrimSuffix(text[len(digits):], "ib"), "b")
	shift, known := map[string]uint{"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[unit]
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if err != nil || !known || n <= 0 || n >= 1<<22 && shift == 40 {
		return 0, false
	}
	return int64(n * float64(int64(1)<<shift)), n*float64(int64(1)<<shift) < 1<<62
}
