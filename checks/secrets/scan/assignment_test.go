package scan

import (
	"strings"
	"testing"
)

func TestAssignment(t *testing.T) {
	cases := []struct {
		text, name, value string // value "" for no assignment
		operator          byte
	}{
		{`password = "v4lue"`, "password", "v4lue", '='},
		{`db.password: v4lue # note`, "db.password", "v4lue", ':'},
		{`"api_token": "v4lue",`, "api_token", "v4lue", ':'},
		{`{\"token\": \"v4lue\"}`, "token", "v4lue", ':'},
		{`DB_PASSWORD=v4lue` + "\nX=1", "DB_PASSWORD", "v4lue", '='},
		{`export SECRET_KEY='v4lue'`, "SECRET_KEY", "v4lue", '='},
		{`password := "v4lue"`, "password", "v4lue", '='},
		{`var password string = "v4lue"`, "password", "v4lue", '='},
		{`password: str = "v4lue"`, "password", "v4lue", '='},
		{`password: Optional[str] = None`, "password", "Optional[str]", ':'},
		{`'password' => 'v4lue',`, "password", "v4lue", '='},
		{`config["secret"] = "v4lue"`, "secret", "v4lue", '='},
		{`setProperty("db.password", "v4lue")`, "db.password", "v4lue", ','},
		{`env("SECRET_KEY", default="v4lue")`, "SECRET_KEY", "v4lue", ','},
		{`process.env.JWT_SECRET || "v4lue"`, "process.env.JWT_SECRET", "v4lue", '|'},
		{`<password>v4lue</password>`, "password", "v4lue", '>'},
		{"<password>\n  v4lue\n</password>", "password", "v4lue", '>'},
		{`<add key="Password" value="v4lue"/>`, "Password", "v4lue", '='},
		{`"Server=db;Password=v4lue;Timeout=3"`, "Password", "v4lue", '='},
		{`"jdbc:x://db/shop?user=u&password=v4lue"`, "password", "v4lue", '='},
		{`--db-password=v4lue"`, "db-password", "v4lue", '='},
		{`ENV DB_PASSWORD v4lue`, "DB_PASSWORD", "v4lue", ' '},
		{`token = r"v4lue"`, "token", "v4lue", '='},
		{`token = """v4lue"""`, "token", "v4lue", '='},
		{`token = "a\"b"`, "token", `a\"b`, '='},
		{`{"password", "v4lue"}`, "password", "v4lue", ','},
		{`if password == "v4lue" {`, "password", "v4lue", '~'},
		{`if (password !== 'v4lue')`, "password", "v4lue", '~'},
		{`password.equals("v4lue")`, "password", "v4lue", '~'},
		{`.password("v4lue")`, "password", "v4lue", '='},
		{`client.setPassword("v4lue")`, "client.setPassword", "v4lue", '='},
		{"password =\n    \"v4lue\"", "password", "v4lue", '='},
		{"password: |-\n  v4lue\nuser: x", "password", "v4lue", ':'},
		{`password: !!str v4lue`, "password", "v4lue", ':'},
		{`<key>password</key>` + "\n<string>v4lue</string>", "password", "v4lue", '>'},
		{`<property name="password"><value>v4lue</value>`, "password", "v4lue", '>'},
		{`--password v4lue`, "password", "v4lue", ' '},
		{`-Password "v4lue"`, "Password", "v4lue", ' '},
		{`["--password", "v4lue"]`, "password", "v4lue", ','},
		{`"password=v4lue&x=1"`, "password", "v4lue", '='},
		{`token = base64.b64decode(b"v4lue")`, "token", "v4lue", '='},
		{`token = ["v4lue"]`, "token", "v4lue", '='},
		{`token <- "v4lue"`, "token", "v4lue", '='},
		{`getenv("TOKEN") ?: "v4lue"`, "TOKEN", "v4lue", '|'},
		{`$cfg{password} = 'v4lue'`, "password", "v4lue", '='},
		{`"password" -> "v4lue"`, "password", "v4lue", '='},
		{`[ "$password" == "v4lue" ]`, "password", "v4lue", '~'},
		{`PASSWORD("v4lue"),`, "PASSWORD", "v4lue", '='},
		{`buildConfigField "String", "TOKEN", "\"v4lue\""`, "TOKEN", "v4lue", ','},
		{`["password", "v4lue"]`, "", "", 0},
		{"password:\n  \"name\": v4lue", "", "", 0},
		{`password("v4lue")`, "", "", 0},
		{`<Set name="Password" default="v4lue">`, "", "", 0},
		{`password =~ "v4lue"`, "", "", 0},
		{`def password(self):`, "", "", 0},
		{`password`, "", "", 0},
		{`password =`, "", "", 0},
		{`password = ""`, "", "", 0},
		{"token = \"never closed\n", "", "", 0},
	}
	for _, c := range cases {
		a, ok := firstAssignment(c.text)
		if c.value == "" {
			if ok {
				t.Errorf("%q: read %q = %q", c.text, a.Name, c.text[a.Start:a.End])
			}
			continue
		}
		if !ok {
			t.Errorf("%q: nothing was read", c.text)
			continue
		}
		if got := c.text[a.Start:a.End]; a.Name != c.name || got != c.value || a.Operator != c.operator {
			t.Errorf("%q: read %q %c %q", c.text, a.Name, a.Operator, got)
		}
	}
}

func firstAssignment(text string) (Assignment, bool) {
	lower := strings.ToLower(text)
	for _, word := range []string{"password", "secret", "token"} {
		if i := strings.Index(lower, word); i >= 0 {
			return AssignmentAt([]byte(text), i, i+len(word))
		}
	}
	return Assignment{}, false
}

func FuzzAssignment(f *testing.F) {
	f.Add([]byte(`x: {"token": "v", 'password' => r"""w"""}`), 6)
	f.Fuzz(func(t *testing.T, data []byte, at int) {
		if at < 0 || at >= len(data) {
			return
		}
		if a, ok := AssignmentAt(data, at, at+1); ok && (a.Start >= a.End || a.End > len(data) || a.NameStart >= a.Start) {
			t.Errorf("%q at %d: %+v", data, at, a)
		}
	})
}
