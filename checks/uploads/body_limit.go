package uploads

import (
	"fmt"
	"slices"

	"hardcheck/checks"
)

func bodyLimit() *checks.Check {
	return &checks.Check{
		ID:    "uploads/body-limit",
		Title: "Every layer that takes requests limits the body",
		Why: "Without a limit one client sends gigabytes in a single request: the proxy spools them to disk, the application " +
			"reads them into memory, and the service dies for everyone (CWE-770). A limit that one layer lifts is a limit that is not there.",
		Fix: "Limit the body in the first layer, and again in the application: nginx `client_max_body_size 10m;`, Apache " +
			"`LimitRequestBody 10485760`, Caddy `request_body { max_size 10MB }`, Traefik the middleware buffering with maxRequestBodyBytes, Django DATA_UPLOAD_MAX_MEMORY_SIZE, Flask MAX_CONTENT_LENGTH, PHP post_max_size, " +
			"FastAPI a middleware that counts bytes. Raise it only on the location that takes large files.",
		Expected:   "Each proxy lets through at most {max} in one request, and each application has such a limit of its own or a proxy with one in front.",
		Rollback:   "Put the old limit back on the one server, location or application that has to take larger bodies.",
		Absent:     "No configuration of a proxy, server, framework or runtime whose body limit can be told was found",
		References: []string{"CWE-770", "CWE-400", "ASVS 5.2.1", "OWASP API4:2023", "https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "unlimited", Title: "A setting turns the body limit off", Precision: checks.PrecisionVeryHigh},
			{ID: "too-high", Title: "The body limit is higher than the policy allows"},
			{ID: "default-too-high", Severity: checks.Low, Precision: checks.PrecisionMedium,
				Title: "The server's default body limit is higher than the policy allows"},
			{ID: "proxy-without-limit", Title: "The proxy has no body limit, and what is behind it has none either", Precision: checks.PrecisionMedium},
			{ID: "application-without-limit", Title: "The application has no body limit, and no proxy in front limits it", Precision: checks.PrecisionMedium},
		},
		// 100 MiB is what the public edges in front of most sites let through, a hundred times nginx's default: who
		// allows more on purpose says so in the policy.
		Params: []checks.Param{{Name: "max", Kind: checks.ParamSize, Default: int64(100 << 20),
			Doc: "the largest body that any layer may let through"}},
		Tree: bodyLimitOnTree,
	}
}

func bodyLimitOnTree(p *checks.Pass) error {
	b := &bodyLimits{pass: p, max: p.Int("max"), reported: map[checks.Place]bool{}, scopes: p.Scopes(limitedProducts()...)}
	b.fronts = frontsOf(chainsOf(p))
	for _, s := range b.scopes {
		switch s.Layer {
		case "nginx":
			b.nginx(s)
		case "apache":
			b.apache(s)
		case "caddy":
			b.caddy(s)
		case "django":
			b.django(s)
		case "flask":
			b.flask(s)
		case "fastapi":
			b.fastapi(s)
		case "php":
			b.php(s)
		case "uwsgi":
			b.uwsgi(s)
		default:
			b.product(s)
		}
	}
	return nil
}

// product judges what the rows of the tables say of a scope.
func (b *bodyLimits) product(s *checks.Scope) {
	for _, row := range rowsOf(s.Layer) {
		l, ok := row.layer(s)
		switch {
		case !ok || row.unread:
		case l.limit.unlimited && l.set.Origin == checks.OriginDefault:
			b.unlimited(&l)
		case notDeployed(s.Place.Path):
		default:
			note := ""
			if l.limit.covers != "" {
				note = " of " + l.limit.covers
			}
			b.judge(s, l.set, l.limit.size, note)
		}
	}
}

// unlimited judges a layer that has no limit by its role: a server that never has one is not what is at fault.
func (b *bodyLimits) unlimited(l *layer) {
	switch {
	case l.role == roleProxy && l.forwards && !notDeployed(l.scope.Place.Path):
		at := l.scope.Place // of what passes requests on, where a setting says it
		if i := slices.IndexFunc(l.passes, func(set checks.Setting) bool { return !set.Inherited }); i >= 0 {
			at = l.passes[i].Place
		}
		b.passesAnything(l.scope, l.set, at)
	case l.role == roleServer:
		b.appServer(l.scope)
	case l.role == roleFramework || l.role == roleRoute:
		b.withoutLimit(l.scope, l.set, l.product+" takes bodies of any size: "+l.set.Name+" is not set")
	}
}

// bodyLimits judges one tree.
type bodyLimits struct {
	pass     *checks.Pass
	max      int64
	scopes   []*checks.Scope
	fronts   fronts
	reported map[checks.Place]bool // what several servers include is one finding
}

// size is a limit in bytes.
type size struct {
	bytes     int64
	unlimited bool
	known     bool // false: not known until run time, or no number
}

// sizeOf reads a setting. None and, where the product says so, 0 mean no limit.
func sizeOf(s checks.Setting, zeroIsUnlimited bool) size {
	if s.Dynamic() {
		return size{}
	}
	if s.Value == nil {
		return size{unlimited: true, known: true}
	}
	n, ok := s.Int()
	if f, isFloat := s.Value.(float64); isFloat && f < 1<<62 {
		n, ok = int64(f), true
	}
	if !ok || n < 0 {
		return size{}
	}
	return size{bytes: n, unlimited: n == 0 && zeroIsUnlimited, known: true}
}

// judge reports a limit that is in effect in a scope. note says what the pass does not claim.
func (b *bodyLimits) judge(s *checks.Scope, set checks.Setting, n size, note string) {
	switch {
	case !n.known:
		b.pass.NotApplicable("The body limit is not known until run time: " + set.Place.String())
	case n.unlimited && set.Origin == checks.OriginDefault:
		b.fail(s, set, "unlimited", "no limit", set.Name+" is not set, and there is no limit by default in the version that the tree names")
	case n.unlimited:
		b.fail(s, set, "unlimited", "no limit", set.Name+" turns the body limit off")
	case n.bytes > b.max && set.Origin == checks.OriginDefault:
		b.fail(s, set, "default-too-high", checks.FormatSize(n.bytes), fmt.Sprintf("%s is not set, and its default is %s", set.Name, checks.FormatSize(n.bytes)))
	case n.bytes > b.max:
		b.fail(s, set, "too-high", checks.FormatSize(n.bytes), fmt.Sprintf("%s lets %s through in one request", set.Name, checks.FormatSize(n.bytes)))
	default:
		b.ok(s, checks.FormatSize(n.bytes)+note)
	}
}

func (b *bodyLimits) ok(s *checks.Scope, reason string) {
	subject := s.Subject()
	subject.Name += " (" + reason + ")"
	b.pass.OK(subject)
}

func (b *bodyLimits) fail(s *checks.Scope, set checks.Setting, rule, actual, message string) {
	if b.reported[set.Place] {
		return
	}
	b.reported[set.Place] = true
	b.pass.Fail(checks.Finding{
		Rule: rule, Subject: s.Subject(), Place: set.Place, Attribute: set.Name,
		Expected: "at most " + checks.FormatSize(b.max), Actual: actual, Message: message,
	})
}
