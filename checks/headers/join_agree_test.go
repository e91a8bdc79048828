package headers

import (
	"fmt"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// deployedAsWritten are configurations that run as they stand in the tree, and pages to ask them for.
var deployedAsWritten = map[string]struct {
	server func() realserver.Product
	files  map[string]string
	paths  []string
}{
	"nginx": {func() realserver.Product {
		return realserver.Nginx(`add_header X-Content-Type-Options nosniff;
server { listen 127.0.0.1:{port}; server_name localhost; root {dir}/www; index index.html;
  add_header X-Frame-Options DENY always; add_header Referrer-Policy no-referrer;
  location ~ \.html$ { add_header X-Robots-Tag html; }
  location /app/ { try_files $uri /app/index.html; add_header Cache-Control "no-store"; }
  location = /health { return 200 ok; }
  location /old { return 301 /app/; }
  location /down/ { add_header Content-Disposition attachment; location ~ \.css$ { add_header X-Robots-Tag css always; } }
  location /err/ { error_page 404 /404.html; }
  location = /404.html { internal; add_header X-Robots-Tag error always; }
  location /x/ { if ($args) { add_header X-Robots-Tag asked; } }
}`)
	}, nil, []string{"/", "/index.html", "/app/", "/app/none", "/health", "/missing.css", "/down/x.css", "/down/none.css", "/x/", "/x/?a", "/err/x"}},
	"apache": {func() realserver.Product {
		return realserver.Apache(`Header set Referrer-Policy no-referrer
<VirtualHost *:{port}>
ServerName other.example
DocumentRoot {dir}/www
Header always set X-Frame-Options SAMEORIGIN
</VirtualHost>
<VirtualHost *:{port}>
ServerName shop.example
ServerAlias localhost
DocumentRoot {dir}/www
Header always set X-Frame-Options DENY
Header set X-Content-Type-Options nosniff
<Location /app/>
Header set Cache-Control no-store
</Location>
<LocationMatch "\.css$">
Header unset X-Content-Type-Options
Header set X-Robots-Tag none
</LocationMatch>
<Directory {dir}/www/down>
Header set X-Robots-Tag down
</Directory>
<Files "x.css">
Header set X-Permitted-Cross-Domain-Policies none
</Files>
</VirtualHost>`, "headers")
	}, nil, []string{"/", "/app/", "/app/x.css", "/down/x.css", "/none"}},
	"caddy": {func() realserver.Product {
		return realserver.Caddy(`http://other.example:{port} {
	header X-Frame-Options SAMEORIGIN
	respond other
}
http://localhost:{port} {
	root * {dir}/www
	header X-Frame-Options DENY
	header ?Referrer-Policy no-referrer
	handle /app/* {
		header Cache-Control no-store
		file_server
	}
	handle_path /down/* {
		header -X-Frame-Options
		header X-Robots-Tag down
		respond down
	}
	handle {
		header X-Robots-Tag none
		file_server
	}
	handle_errors {
		header X-Robots-Tag error
		respond failed
	}
}`)
	}, nil, []string{"/", "/app/", "/app/x.css", "/down/x", "/none"}},
}

// TestDeployedAsWrittenAgrees: where the tree is what runs, nothing differs.
func TestDeployedAsWrittenAgrees(t *testing.T) {
	for name, tt := range deployedAsWritten {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := tt.server().Start(t, map[string]string{"www/index.html": "a", "www/app/index.html": "b", "www/app/x.css": "a {}", "www/down/x.css": "a {}", "www/x/index.html": "x", "www/404.html": "none"})
			check := deployed()
			jobs := one(check)
			tree, err := target.OpenTree(t.Context(), srv.Dir, target.TreeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer tree.Close()
			seen := engine.RunTree(t.Context(), tree, jobs, engine.Options{})
			compared := 0
			for _, path := range tt.paths {
				site, err := target.OpenSite(fmt.Sprintf("http://localhost:%d%s", srv.Port, path), target.SiteOptions{})
				if err != nil {
					t.Fatal(err)
				}
				o := engine.RunJoint(t.Context(), seen, site, "site", jobs, engine.Options{}).Observations[0]
				site.Close()
				for _, f := range o.Findings {
					t.Errorf("%s: %s %s: %s (expected %s, actual %s)", path, f.Rule, f.Attribute, f.Message, f.Expected, f.Actual)
				}
				compared += o.Examined
				if o.Examined == 0 {
					t.Logf("%s: not compared: %s %v", path, o.Reason, o.Problems)
				}
			}
			if compared*2 < len(tt.paths) {
				t.Errorf("only %d of %d pages were compared", compared, len(tt.paths))
			}
		})
	}
}

// TestWrongScopeDisagrees guards the one above against a comparison that agrees with everything: the answers of one path
// held against the scope of another differ.
func TestWrongScopeDisagrees(t *testing.T) {
	tree := treePass(t, map[string]string{"nginx/shop.conf": "server { listen 80; server_name shop.example; root /srv;\n" +
		"location /a/ { add_header X-Frame-Options DENY; }\nlocation /b/ { add_header X-Frame-Options SAMEORIGIN; }\n}\n"})
	for path, want := range map[string]outcome{"/a/": joinAgrees, "/b/": joinOther} {
		at, _ := askedOf(&checks.Exchange{URL: "http://shop.example" + path, Status: 200})
		origins, why := originsOf(tree, at)
		if len(origins) == 0 {
			t.Fatal(why)
		}
		if got := origins[0].compare(xfoHeader, []string{"DENY"}); got != want {
			t.Errorf("%s: outcome %d, want %d", path, got, want)
		}
	}
}
