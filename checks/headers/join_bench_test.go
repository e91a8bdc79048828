package headers

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks"
)

// BenchmarkJoin matches one answer with a tree of 200 servers of four locations each.
func BenchmarkJoin(b *testing.B) {
	var conf strings.Builder
	for i := range 200 {
		fmt.Fprintf(&conf, "server {\nlisten 443 ssl;\nserver_name s%d.example;\nroot /srv;\nadd_header X-Frame-Options DENY always;\n"+
			"location /a/ { add_header Cache-Control no-store; }\nlocation /b/ { proxy_pass http://127.0.0.1:8000; }\nlocation ~ \\.css$ { expires 1d; }\nlocation = /c { return 200 ok; }\n}\n", i)
	}
	tree := treePass(b, map[string]string{"nginx/shop.conf": conf.String(), "app.py": flaskApp(line{xfoHeader, "DENY"})})
	at, _ := askedOf(&checks.Exchange{URL: "https://s150.example/b/x", Status: 200})
	for b.Loop() {
		if origins, why := originsOf(tree, at); len(origins) != 1 {
			b.Fatal(why)
		}
	}
}
