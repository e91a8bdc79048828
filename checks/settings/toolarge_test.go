package settings

import (
	"testing"

	"hardcheck/checks"
)

// TestTooLarge: a configuration over a reader's bound blinds its layer, a bundle of scripts does not.
func TestTooLarge(t *testing.T) {
	for _, tt := range []struct {
		path  string
		size  int64
		layer string // that is blind; "" for none
	}{
		{"nginx/nginx.conf", 5 << 20, "nginx"},
		{"Caddyfile", 5 << 20, "caddy"},
		{".htaccess", 5 << 20, "apache"},
		{"haproxy.cfg", 5 << 20, "haproxy"},
		{"vercel.json", 5 << 20, "vercel"},
		{"web.config", 5 << 20, "iis"},
		{"deploy/ingress.yaml", 5 << 20, "ingress-nginx"},
		{"traefik/dynamic.yml", 5 << 20, "traefik"},
		{"next.config.js", 1 << 20, "next"},
		{"nginx/nginx.conf", 3 << 20, ""},
		{"public/app.bundle.js", 5 << 20, ""},
		{"gen/Api.java", 5 << 20, ""},
		{"data/tables.py", 5 << 20, ""},
		{"video.mp4", 5 << 30, ""},
	} {
		c := NewCollector()
		c.Wants(&checks.Entry{Path: tt.path, Size: tt.size})
		c.Scopes()
		unseen := c.Unseen()
		if tt.layer == "" && len(unseen) > 0 {
			t.Errorf("%s of %d bytes blinds %v", tt.path, tt.size, unseen)
		}
		if p := unseen[tt.layer]; tt.layer != "" && (len(p) != 1 || !p[0].Blind || p[0].Where != tt.path) {
			t.Errorf("%s of %d bytes: %v for %s, want one that blinds", tt.path, tt.size, p, tt.layer)
		}
	}
	// A large YAML file that nothing tells to be Traefik's counts where the tree has settings of Traefik.
	c := NewCollector()
	c.Wants(&checks.Entry{Path: "deploy/all.yaml", Size: 5 << 20})
	c.Read(&checks.File{Entry: &checks.Entry{Path: "traefik/dynamic.yml"}, Data: []byte("http:\n  middlewares:\n    a: {headers: {frameDeny: true}}\n  routers:\n    b: {rule: \"Host(`a.example`)\", middlewares: [a], service: c}\n"), Whole: true, Line: 1})
	c.Scopes()
	if len(c.Unseen()["traefik"]) != 1 || len(c.Unseen()["ingress-nginx"]) != 0 {
		t.Errorf("a large YAML file beside Traefik: %v", c.Unseen())
	}
}
