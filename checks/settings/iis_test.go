package settings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIISScopes(t *testing.T) {
	got := tell(scopesOf(t, iisReader(), `
-- web.config --
<?xml version="1.0"?>
<configuration>
  <system.webServer>
    <httpProtocol>
      <customHeaders>
        <clear />
        <remove name="X-Powered-By" />
        <add name="X-Frame-Options" value="DENY" />
        <!-- <add name="X-Commented" value="1" /> -->
        <add name="x-extra" value="a &amp; b" />
      </customHeaders>
    </httpProtocol>
    <security><requestFiltering removeServerHeader="true" /></security>
  </system.webServer>
  <location path="embed">
    <system.webServer><httpProtocol><customHeaders>
      <remove name="X-Frame-Options" /><add name="X-Frame-Options" value="#{Frames}" />
    </customHeaders></httpProtocol></system.webServer>
  </location>
  <appSettings><add name="X-None" value="1" /></appSettings>
</configuration>
-- other/web.config --
<configuration/>
`), "customHeaders")
	want := map[string][]string{
		"path /*": {"customHeaders X-Powered-By=<nil>[remove]", "customHeaders X-Frame-Options=DENY", "customHeaders X-Extra=a & b", "customHeaders Server=<nil>[remove]"},
		"path /embed": {"customHeaders X-Frame-Options~#{Frames}", "customHeaders X-Powered-By=<nil>[remove] (inherited)",
			"customHeaders X-Extra=a & b (inherited)", "customHeaders Server=<nil>[remove] (inherited)"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzIIS(f *testing.F) {
	f.Add("<location path='a'><httpProtocol><customHeaders><add name='A' value='b'/><remove name='C'/></customHeaders></httpProtocol></location>")
	f.Add(strings.Repeat("<a>", 100) + "</b><customHeaders>")
	f.Fuzz(func(t *testing.T, text string) { sound(t, iisReader(), "web.config", text) })
}
