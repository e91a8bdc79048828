package formats

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	md5Crypt = "$1$q7Zx0VbN$" + "mKf8RtY4LpWcD6sHjGu1E."
	bcrypt   = "$2y$10$q7Zx0VbN2mKf8RtY4LpW" + "cO6sHjGu1EaOi9TBvQn3XhMkPq2rStuVw"
	shaCrypt = "$6$q7Zx0VbN$mKf8RtY4LpWcD6sHjGu1EaOi9TBvQn3XhMkPq2rStu" + "vWxYz01234mKf8RtY4LpWcD6sHjGu1EaOi9TBv"
)

// shown lists what was found as name=value.
func shown(data string, found []Value) []string {
	var out []string
	for _, v := range found {
		s := v.Name + "=" + data[v.Start:v.End]
		if v.Count > 1 {
			s += fmt.Sprintf(" and %d more", v.Count-1)
		}
		out = append(out, s)
	}
	return out
}

func anything(string, []byte) (Kind, bool) { return Password, true }

func TestReaders(t *testing.T) {
	dumped := func(data []byte) []Value { return Dump(data, anything) }
	for name, c := range map[string]struct {
		read func([]byte) []Value
		data string
		want []string
	}{
		"pgpass":            {Pgpass, "# note\n*:*:*:shop:v4lue\nh\\:1:5432:db:app:a:b\nshort:line\n", []string{"shop password=v4lue", "app password=a:b"}},
		"netrc":             {Netrc, "machine a login b password v4lue\nmachine c\n  password 'two words' # x\n# password no\npassword\nnext", []string{"password=v4lue", "password=two words", "password=next"}},
		"netrc, no value":   {Netrc, "machine a login password", nil},
		"git-credentials":   {URLLines, "https://u:v4lue@git.de\nhttps://git.de/x:y\nhttps://u@git.de", []string{"password of git.de=v4lue"}},
		"htpasswd, DES":     {HashedLines, "bob:q7Zx0VbN2mKf8\nhost: value-in-yaml\n", []string{"bob=q7Zx0VbN2mKf8"}},
		"htdigest":          {HashedLines, "bob:realm:9f86d081884c7d659a2feaa0c55ad015", []string{"bob=9f86d081884c7d659a2feaa0c55ad015"}},
		"whole":             {Whole, "9f86d081884c7d659a2feaa0c55ad015\n", []string{"the file=9f86d081884c7d659a2feaa0c55ad015"}},
		"whole, words":      {Whole, "two words are no key\n", nil},
		"whole, one letter": {Whole, strings.Repeat("0", 32), nil},
		"openvpn":           {Enclosed, "<auth-user-pass>\nbob\n v4lue\n</auth-user-pass>\n<auth-user-pass>\n", []string{"auth-user-pass=v4lue"}},
		"properties":        {Properties, "#a=9f86d081884c7d659a2feaa0c55ad015\nadmin=9f86d081884c7d659a2feaa0c55ad015\nx=y\n", []string{"admin=9f86d081884c7d659a2feaa0c55ad015"}},
		"saved logins":      {SavedLogins, `{"logins":[{"encryptedPassword":"MDoEEPgA"},{"encryptedPassword":"MDoEEPgB"}]}`, []string{"the saved logins=MDoEEPgA and 1 more"}},
		"cloud-init":        {CloudInit, "#cloud-config\nchpasswd:\n  expire: false\n  list: |\n    root:v4lue\n    bob:RANDOM\nusers:\n  a:b\n", []string{"root=v4lue"}},
		"kubernetes":        {KubernetesSecrets, "kind: ConfigMap\ndata:\n  a: djRsdWU=\n---\nkind: Secret\ndata:\n  # note\n  user: \"djRsdWU=\"\n  pem: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\n  x: {{ .Values.x }}\n  short: YmFyCg==\n  block: |\n    djRsdWU=\nmetadata:\n  name: djRsdWU=\n", []string{"user=djRsdWU=", "block=djRsdWU="}},
		"insert":            {dumped, "INSERT INTO `users` (`id`, `name`, `password`) VALUES (1,'it''s','v4lue'),(2,'b\\'s','other');\n", []string{"users.password=v4lue and 1 more"}},
		"insert by create": {dumped, "CREATE TABLE IF NOT EXISTS wp_users (\n ID bigint(20) NOT NULL,\n user_pass varchar(255) DEFAULT 'a,b',\n PRIMARY KEY (ID)\n);\ninsert into wp_users values (1, 'v4lue');",
			[]string{"wp_users.user_pass=v4lue"}},
		"insert, other columns": {dumped, "INSERT INTO t (a, b) VALUES ('password', 'x');", nil},
		"insert, null":          {dumped, "INSERT INTO t (a, password) VALUES (1, NULL), (2, '');", nil},
		"copy":                  {dumped, "COPY public.users (id, password) FROM stdin;\n1\tv4lue\n2\t\\N\n3\tb\n\\.\n4\tc\n", []string{"users.password=v4lue and 1 more"}},
	} {
		if diff := cmp.Diff(c.want, shown(c.data, c.read([]byte(c.data)))); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestHashAt(t *testing.T) {
	for _, hash := range []string{md5Crypt, bcrypt, shaCrypt, "{SHA}q7Zx0VbN2mKf8RtY4LpWcD6sHjG="} {
		if end, ok := HashAt([]byte(hash+":19000:"), 0); !ok || end != len(hash) {
			t.Errorf("%s: %d of %d, %v", hash, end, len(hash), ok)
		}
	}
	for _, other := range []string{"", "$1$", "$1$abc", "$2a$10$" + strings.Repeat("x", 53), "$5$ is the price", "$6$" + strings.Repeat("a1", 200), bcrypt + "xx"} {
		if _, ok := HashAt([]byte(other), 0); ok {
			t.Errorf("%s is taken for a hash", other)
		}
	}
}

func TestStore(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"keys.kdbx":    {"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\x01", "KeePass database"},
		"a.p12":        {"0\x82\x0a\x10\x02\x01\x03\x30\x82", "PKCS #12 key store"},
		"app.jks":      {"\xfe\xed\xfe\xed\x00\x00\x00\x02", "Java key store"},
		"key4.db":      {"SQLite format 3\x00", "Firefox key database"},
		"shop.db":      {"SQLite format 3\x00", ""},
		"x.keytab":     {"\x05\x02\x00\x00\x00\x45", "Kerberos keytab"},
		"x.bin":        {"\x05\x02\x00\x00\x00\x45", ""},
		"Main.class":   {"\xca\xfe\xba\xbe\x00\x00\x00", ""},
		"certificate":  {"0\x82\x0a\x10\x30\x82\x02\x01", ""},
		"empty.kdbx":   {"", ""},
		"short.p12":    {"0\x82", ""},
		"wallet.kwl":   {"KWALLET\n\r\x00\r\n\x00", "KDE wallet"},
		"login.keyrin": {"GnomeKeyring\n\r\x00\n\x00", "GNOME keyring"},
	} {
		if got := Store(name, []byte(c.data)); got != c.want {
			t.Errorf("%s is a %q", name, got)
		}
	}
}

func TestReadersAreLinear(t *testing.T) {
	const size = 1 << 20
	for _, unit := range []string{"INSERT INTO a (password) VALUES ('", "INSERT INTO a VALUES (", "CREATE TABLE a (", "COPY a (password) FROM stdin;\n", "(", "'", "a:b:c:d:e\n", "password ", "$2a$10$", "<auth-user-pass>\n", ",", "\\"} {
		data := bytes.Repeat([]byte(unit), size/len(unit))
		all(data)
	}
}

func all(data []byte) []Value {
	var found []Value
	for _, read := range []func([]byte) []Value{Pgpass, Netrc, URLLines, HashedLines, Whole, Enclosed, Properties, CloudInit, KubernetesSecrets, SavedLogins} {
		found = append(found, read(data)...)
	}
	return append(found, Dump(data, anything)...)
}

func FuzzFormats(f *testing.F) {
	f.Add([]byte("INSERT INTO u (a, password) VALUES (1, 'x''y'), (2, '\\'')"))
	f.Add([]byte("CREATE TABLE u (a int, password text);\nCOPY u (a, password) FROM stdin;\n1\tx\n\\.\n"))
	f.Add([]byte("machine h login u password 'p\nh:1:d:u:p\\:q\nbob:q7Zx0VbN2mKf8\n" + md5Crypt))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range all(data) {
			if v.Start < 0 || v.Start >= v.End || v.End > len(data) {
				t.Fatalf("%q: %+v", data, v)
			}
		}
		for at := range data {
			if end, ok := HashAt(data, at); ok && (end <= at || end > len(data)) {
				t.Fatalf("%q: hash at %d ends at %d", data, at, end)
			}
		}
		Store("a.keytab", data)
	})
}
