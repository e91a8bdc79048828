package headers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
)

// Debian's Caddy does not know ">", the short form of "defer", yet.
var (
	caddySiteLines = map[string]string{
		"nothing": "",
		"set":     "header X-Frame-Options DENY",
		"block":   "header {\n\t\tX-Frame-Options DENY\n\t\tReferrer-Policy no-referrer\n\t\t-X-Extra\n\t}",
		"default": "header ?X-Frame-Options IFMISSING",
		"defer":   "header {\n\t\tX-Frame-Options LATE\n\t\tdefer\n\t}",
		"add":     "header +X-Frame-Options ADDED",
		"snippet": "import secure \"by argument\"",
		"order":   "header /file/* X-If matched\n\theader X-If general\n\theader Referrer-Policy no-referrer\n\theader -Referrer-Policy\n\theader {\n\t\tX-Mapped outer\n\t\tdefer\n\t}\n\theader {\n\t\tX-Mapped inner\n\t\tdefer\n\t}",
		"general": "header X-If general\n\theader /file/* X-If matched\n\theader /app/* X-If app\n\troute {\n\t\theader X-Mapped all\n\t\theader /made/* X-Mapped made\n\t}",
		"path":    "header /file/* X-If matched\n\theader /nowhere/* X-If unmatched\n\t@pages path *.html\n\theader @pages X-Mapped page",
	}
	caddyHandleLines = map[string]string{
		"nothing": "",
		"set":     "header X-Frame-Options SAMEORIGIN",
		"remove":  "header -X-Frame-Options",
		"add":     "header +X-Frame-Options INNER",
		"default": "header ?X-Extra missing",
		"defer":   "header {\n\t\t\tX-Frame-Options LATER\n\t\t\tX-Extra late\n\t\t\tdefer\n\t\t}",
		"edit":    "header X-Frame-Options E e",
		"twice":   "header X-Extra one\n\t\theader X-Extra two",
	}
)

const caddyUpstream = `
http://app.example:{port} {
	header X-Frame-Options ALLOWALL
	header X-Extra app
	respond /gone gone 404
	respond /fault fault 500
	respond fine
}
`

var caddyUpstreamSends = []field{{name: xfoHeader, value: "ALLOWALL"}, {name: "X-Extra", value: "app"}}

const caddySite = `
http://%[3]s:{port} {
	%[1]s
	root * {dir}/www
	handle /file/* {
		%[2]s
		file_server
	}
	handle /made/* {
		%[2]s
		respond made
	}
	handle /refused/* {
		%[2]s
		respond refused 403
	}
	handle /thrown/* {
		%[2]s
		error thrown 403
	}
	handle /moved/* {
		%[2]s
		redir https://shop.example/
	}
	handle_path /app/* {
		%[2]s
		reverse_proxy 127.0.0.1:{port} {
			header_up Host app.example
		}
	}
	handle_path /down/* {
		%[2]s
		reverse_proxy 127.0.0.1:{port} {
			header_up Host app.example
			header_down -X-Extra
			header_down X-Frame-Options FROM-PROXY
		}
	}
}
`

func caddyAnswers(host string) []answer {
	in := func(path, handle string, status int, made bool, upstream ...field) answer {
		return answer{host: host, path: path, scope: "site http://" + host + ":PORT / " + handle, status: status, made: made, upstream: upstream}
	}
	return []answer{
		in("/file/index.html", "handle /file/*", 200, false), in("/file/nothing.html", "handle /file/*", 404, true),
		in("/made/x", "handle /made/*", 200, false), in("/refused/x", "handle /refused/*", 403, false), in("/thrown/x", "handle /thrown/*", 403, true),
		in("/moved/x", "handle /moved/*", 302, false),
		in("/app/", "handle_path /app/*", 200, false, caddyUpstreamSends...), in("/app/gone", "handle_path /app/*", 404, false, caddyUpstreamSends...),
		in("/app/fault", "handle_path /app/*", 500, false, caddyUpstreamSends...), in("/down/", "handle_path /down/*", 200, false, caddyUpstreamSends...),
	}
}

// TestCaddyAgrees compares the header lines of Caddy with those that its configuration is judged to give.
func TestCaddyAgrees(t *testing.T) {
	t.Parallel()
	conf, all := caddyCases()
	srv := realserver.Caddy(conf).Start(t, map[string]string{"www/file/index.html": "a page"})
	agree(t, srv, caddyFront(), onPort(all, srv.Port))
}

// TestCaddyJSONAgrees does the same with the JSON form that Caddy itself makes of that configuration.
func TestCaddyJSONAgrees(t *testing.T) {
	t.Parallel()
	conf, all := caddyCases()
	dir, port := t.TempDir(), realserver.FreePort(t)
	conf = strings.NewReplacer("{dir}", dir, "{port}", fmt.Sprint(port)).Replace("{\n\tadmin off\n\tauto_https off\n}\n" + conf)
	if err := os.WriteFile(filepath.Join(dir, "Caddyfile"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	caddy := realserver.Require(t, "caddy")
	adapted, err := exec.CommandContext(t.Context(), caddy, "adapt", "--config", filepath.Join(dir, "Caddyfile")).Output()
	if err != nil {
		t.Fatal(err)
	}
	srv := realserver.Start(t, map[string]string{"www/file/index.html": "a page",
		"caddy.json": strings.NewReplacer(fmt.Sprint(port), "{port}", dir, "{dir}").Replace(string(adapted))}, "caddy", "run", "--config", "{dir}/caddy.json")
	agree(t, srv, caddyFront(), onPort(all, srv.Port))
}

func onPort(all []answer, port int) []answer {
	for i := range all {
		all[i].scope = strings.Replace(all[i].scope, "PORT", fmt.Sprint(port), 1)
	}
	return all
}

// caddyCases are every combination of what a site and its handles set, and the answers to compare.
func caddyCases() (string, []answer) {
	var conf strings.Builder
	conf.WriteString("(secure) {\n\theader X-Extra {args.0}\n\theader X-Frame-Options SNIPPET\n}\n" + caddyUpstream)
	var all []answer
	for site, lines := range caddySiteLines {
		for handle, inner := range caddyHandleLines {
			host := fmt.Sprintf("%s-%s.example", site, handle)
			fmt.Fprintf(&conf, caddySite, lines, inner, host)
			all = append(all, caddyAnswers(host)...)
		}
	}
	return conf.String(), all
}
