package secrets

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

// planted is text with secrets at many distances from each other, so that some fall on every kind of seam.
func planted() []byte {
	var b bytes.Buffer
	for i := range 400 {
		fmt.Fprintf(&b, "line %d %s\n", i, strings.Repeat("filler ", i%97))
		fmt.Fprintf(&b, "token = %q\n", fmt.Sprintf("npm"+"_aB%03dcDq7Zx0VbN2mKf8RtY4LpWcD6sHjG%02d", i, i%89))
		if i%9 == 0 {
			fmt.Fprintf(&b, "db: postgres://shop:q7Zx"+"0VbN%03d@db.shop.de/shop\n", i)
		}
		if i%13 == 0 {
			fmt.Fprintf(&b, "api_secret: kT%03dq7Zx0VbN2mKf8RtY4LpWzQ\n", i)
		}
		if i%31 == 0 {
			b.WriteString("-----BEGIN " + "EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\nAwEHoUQDQgAEPR3tU2Fta9ktY+6P9G0cWO+0kETA6SFs38GecTyudlHz6xvCdz8q\n")
			fmt.Fprintf(&b, "%08d\n-----END EC PRIVATE KEY-----\n", i)
		}
	}
	return b.Bytes()
}

// windows shows the data as the engine streams a large file.
func windows(check *checks.Check, data []byte, window, overlap int) []checks.Finding {
	entry := &checks.Entry{Path: "big.yaml", Mode: 0o644, Size: int64(len(data))}
	p := checks.NewPass(context.Background(), check, &checks.World{}, check.Defaults())
	for at, line := 0, 1; at < len(data); {
		end := min(at+window+overlap, len(data))
		f := &checks.File{Entry: entry, Data: data[at:end], Offset: int64(at), Line: line, Whole: at == 0 && end == len(data)}
		if at > 0 {
			f.Overlap = overlap
		}
		if err := check.File(p, f); err != nil {
			panic(err)
		}
		if end == len(data) {
			break
		}
		line += bytes.Count(data[at:end-overlap], []byte{'\n'})
		at = end - overlap
	}
	if check.Tree != nil {
		if err := check.Tree(p); err != nil {
			panic(err)
		}
	}
	return p.Observation().Findings
}

func TestWindowsFindWhatTheWholeFileHolds(t *testing.T) {
	data := planted()
	place := func(list []checks.Finding) []string {
		var out []string
		for _, f := range list {
			out = append(out, fmt.Sprintf("%s:%d %s", f.Rule, f.Place.Line, f.ContentKey))
		}
		slices.Sort(out)
		return out
	}
	for _, check := range Checks() {
		if !check.Stream {
			continue
		}
		whole := place(windows(check, data, len(data), 0))
		if elsewhere := []string{"secrets/framework-keys", "secrets/history", imagesID, ciID, projectRulesID}; len(whole) < 2 && !slices.Contains(elsewhere, check.ID) {
			t.Errorf("%s finds %d planted secrets", check.ID, len(whole))
		}
		for _, window := range []int{20_000, 20_001, 33_333, 65_536} {
			if diff := cmp.Diff(whole, place(windows(check, data, window, 16_384))); diff != "" {
				t.Errorf("%s in windows of %d differs from the whole file:\n%s", check.ID, window, diff)
			}
		}
	}
}

func TestHostileTextsEnd(t *testing.T) {
	const size = 2 << 20
	for _, unit := range []string{
		"a", "token=", "://", "a://a:a@", "password\": \"", "-----BEGIN RSA PRIVATE KEY-----", "eyJ", "AKIA", "sk-", "1:A", "secret[\"", "-us", "AAAA.", "PuTTY-User-Key-File-", "Q~", "\\", "\x00\xff", "0123456789abcdef",
		"eyJabcdefghijk.eyJ", "sig=sv=se=", "|", "SharedAccessKey=", "<password>", "token ",
		"auth=(", ".login(\"a\",", "jwt.sign({", "$6$a$", "{SSHA}", "password: |\n", "password =\n  \"", "<key>password</key>", "password.equals(\"", "--password ", "key\":", "curl -u ", " PASSWORD '", "password \"",
		"a=\"Bearer ", "<Pass encoding=", "pass[", "password: !!str ", "password = bytes(", "\"password\", \"", "kind: Secret\ndata:\n a: ", "INSERT INTO a (password) VALUES ('",
	} {
		text := bytes.Repeat([]byte(unit), size/len(unit))
		f := &checks.File{Entry: &checks.Entry{Path: "a.yaml", Size: size}, Data: text, Line: 1, Whole: true}
		own := ownText(f)
		in := inspect(text, config)
		credentialsIn(own, in, func(checks.Finding, span) {})
		if len(in.tokens) > len(text)/8 {
			t.Errorf("%q repeated gives %d tokens", unit, len(in.tokens))
		}
	}
}

// FuzzInspect holds that no text makes the module fail, and that what it reports lies in the text, in order.
func FuzzInspect(f *testing.F) {
	f.Add(planted()[:700], uint8(config))
	f.Add([]byte(`{"password": "q7Zx`+`0VbN2mKf", "u": "https://a:b1c2d3@h.de"}`), uint8(code))
	f.Add([]byte("PuTTY-User-Key-File-2: x\nPrivate-Lines: 1\nAAAA\n"), uint8(machine))
	f.Fuzz(func(t *testing.T, data []byte, kind uint8) {
		kinds := []syntax{code, config, dockerfile, prose, netrc, passwordFile, statements, machine, unknown}
		in := inspect(data, kinds[int(kind)%len(kinds)])
		last := 0
		for _, m := range in.tokens {
			if m.Start < last || m.End > len(data) || m.Start >= m.End {
				t.Fatalf("token %s at %d..%d of %d", m.Rule.ID, m.Start, m.End, len(data))
			}
			last = m.End
		}
		for _, n := range in.named {
			if n.start >= n.end || n.end > len(data) {
				t.Fatalf("value at %d..%d of %d", n.start, n.end, len(data))
			}
		}
		for _, name := range []string{"a.py", "a.sql", ".netrc", "shadow", "a.yaml"} {
			own := ownText(&checks.File{Entry: &checks.Entry{Path: name, Size: int64(len(data))}, Data: data, Line: 1, Whole: true})
			credentialsIn(own, inspect(own.data, own.kind), func(checks.Finding, span) {})
		}
	})
}
