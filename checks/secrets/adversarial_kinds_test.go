package secrets

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// TestOtherSecretsInHiding plants what is no token: pairs, keys, passwords, URLs.
func TestOtherSecretsInHiding(t *testing.T) {
	plants := map[string]plant{}
	std := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	add := func(name, file, rule string, line int, inside, secret, data string) {
		plants[name] = plant{name: file, data: []byte(data), secret: secret, rule: rule, line: line, inside: inside}
	}
	const id = "AKIA" + "Q3EGTVZ7XK2MRLHB"
	pair := func(n int) (secret, text string) {
		secret = "kT9" + "vQ2xLmZ7pRw4Y" + fmt.Sprintf("%02d", n) + "bN8sHjD3fGcVyA1uE+oI5/"
		return secret, "[default]\naws_access_key_id = " + id + "\naws_secret_access_key = " + secret + "\n"
	}
	secret, text := pair(10)
	add("AWS pair", "credentials", "aws-secret-access-key", 3, "", secret, text)
	secret, text = pair(11)
	add("AWS pair in base64", "user-data.txt", "aws-secret-access-key", 1, b64, secret, std(text))
	secret, _ = pair(12)
	add("AWS pair in JSON in JSON", "a.json", "aws-secret-access-key", 1, "", secret, fmt.Sprintf(`{"m": "{\"AccessKeyId\": \"%s\", \"SecretAccessKey\": \"%s\"}"}`, id, secret))
	secret, text = pair(13)
	add("AWS pair in UTF-16", "keys.csv", "aws-bare-secret-key", 3, "", secret, "\xff\xfe"+string(utf16Of(leBytes, text)))

	key, body := pemKey(t)
	add("key", "tls.key", "pem-private-key", 1, "", body, key)
	key, body = pemKey(t)
	add("key in JSON", "a.json", "pem-private-key", 2, "", body, "{\n\"k\": \""+strings.ReplaceAll(key, "\n", `\n`)+"\"}")
	key, body = pemKey(t)
	add("key with CRLF", "tls.key", "pem-private-key", 1, "", body, strings.ReplaceAll(key, "\n", "\r\n"))
	key, body = pemKey(t)
	add("key with CR", "tls.key", "pem-private-key", 1, "", body, strings.ReplaceAll(key, "\n", "\r"))
	key, body = pemKey(t)
	add("key in YAML", "a.yaml", "pem-private-key", 2, "", body, "tls.key: |\n  "+strings.ReplaceAll(strings.TrimSpace(key), "\n", "\n  ")+"\n")
	key, body = pemKey(t)
	add("key in Go", "a.go", "pem-private-key", 2, "", body, "package a\nvar k = \""+strings.ReplaceAll(strings.TrimSpace(key), "\n", "\\n\" +\n\t\"")+"\"\n")
	key, body = pemKey(t)
	add("key in base64", "kubeconfig", "pem-private-key", 1, "", body, "client-key-data: "+std(key))
	key, body = pemKey(t)
	add("key in UTF-16", "tls.key", "pem-private-key", 1, "", body, "\xff\xfe"+string(utf16Of(leBytes, key)))
	key, body = pemKey(t)
	add("key in percent", "a.txt", "pem-private-key", 1, "percent-encoding", body, "k="+strings.NewReplacer("\n", "%0A", " ", "%20", "+", "%2B").Replace(key))
	key, body = pemKey(t)
	add("key after a certificate in one line", "bundle.txt", "pem-private-key", 1, "", body, "-----BEGIN CERTIFICATE-----MIIB-----END CERTIFICATE-----"+strings.ReplaceAll(key, "\n", " "))
	key, body = pemKey(t)
	add("key in a compressed member", "chart.tgz", "pem-private-key", 1, "shop/files/tls.key", body, string(gzipped(tarred(t, packed{"shop/files/tls.key", key}))))

	plus := base64.StdEncoding.EncodeToString([]byte("\x30\x82\x01\x0f" + strings.Repeat("\xfb\xef\xbe", 60)))
	add("key whose lines end in +", "tls.key", "pem-private-key", 1, "", plus, "-----BEGIN EC PRIVATE "+"KEY-----\r\n"+strings.ReplaceAll(wrapped(plus, 64), "\n", "\r\n  ")+"\r\n-----END EC PRIVATE "+"KEY-----\r\n")

	const password = "q7Zx!0VbN2mKf"
	add("password", "app.properties", "password", 1, "", password, "db.password="+password+"\n")
	add("password with false inside", "app.ini", "password", 2, "", "Xfalse7Zq!0", "[db]\npassword = Xfalse7Zq!0\n")
	add("password in UTF-16", "app.ini", "password", 2, "", password, "\xff\xfe"+string(utf16Of(leBytes, "[db]\r\npassword = "+password+"\r\n")))
	add("password in UTF-16 without mark", "app.ini", "password", 2, "UTF-16", password, string(utf16Of(leBytes, "[database of the shop]\r\npassword = "+password+"\r\n")))
	add("password in a zip", "app.zip", "password", 2, "conf/app.ini", password, zipped(t, packed{"conf/app.ini", "[db]\npassword = " + password + "\n"}))
	add("password in a dump.sql.gz", "dump.sql.gz", "password", 1, "dump.sql", password, string(gzipped("CREATE USER shop IDENTIFIED BY '"+password+"';\n")))
	add("password in an .env.xz", ".env.xz", "password", 2, ".env", password, xzOf(t, "A=1\nDB_PASSWORD="+password+"\n"))
	add("password with entities", "web.xml", "password", 1, "", "q7Zx&lt;0VbN2mKf", "<password>q7Zx&lt;0VbN2mKf</password>\n")
	add("password in CRLF", "app.yml", "password", 2, "", password, "db:\r\n  password: "+password+"\r\n")
	add("password in CR", "app.ini", "password", 2, "", password, "[db]\rpassword = "+password+"\r")
	add("password behind a mark", "app.env", "password", 1, "", password, "\xef\xbb\xbfDB_PASSWORD="+password+"\n")
	add("password in Latin-1", "app.ini", "password", 2, "", "q7Zx\xfc0VbN2mKf", "[db]\npassword = q7Zx\xfc0VbN2mKf\n")
	add("Kubernetes Secret", "secret.yaml", "key", 6, "", std(password), "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: "+std(password)+"\n")

	const login = "q7Zx" + "0VbN2mKf"
	add("URL", "a.py", "url-password", 1, "", login, "u = 'postgres://shop:"+password[:4]+"0VbN2mKf@db.shop.de/shop'\n")
	add("URL in base64", "a.yaml", "url-password", 1, b64, login, "v: "+std("postgres://shop:"+password[:4]+"0VbN2mKf@db.shop.de/shop"))
	add("URL in escapes", "a.json", "url-password", 1, "escapes", login, `{"u": "postgres:\/\/shop:q7Zx`+`0VbN2mKf@db.shop.de\/shop"}`)
	add("URL with percent", "a.py", "url-password", 1, "", "q7Zx%21", "u = 'postgres://shop:q7Zx%21"+"0VbN2mKf@db.shop.de/shop'\n")
	hunt(t, plants)
}
