package secrets

import (
	"bytes"
	"strings"

	"hardcheck/checks/secrets/scan"
)

// callForm is a call one of whose arguments is a password or a key.
type callForm struct {
	argument int // from 0
	class    nameClass
}

// callForms begin where their key stands in a text.
var callForms = map[string]callForm{
	"BasicAuth(":                           {1, passwordName},
	"basicAuth(":                           {1, passwordName},
	"basic_auth(":                          {1, passwordName},
	"DigestAuth(":                          {1, passwordName},
	"auth=(":                               {1, passwordName},
	".auth(":                               {1, passwordName},
	".login(":                              {1, passwordName},
	".Login(":                              {1, passwordName},
	"getConnection(":                       {2, passwordName},
	"NetworkCredential(":                   {1, passwordName},
	"UsernamePasswordCredentials(":         {1, passwordName},
	"UsernamePasswordAuthenticationToken(": {1, passwordName},
	"PasswordAuthentication(":              {1, passwordName},
	"setCredentials(":                      {1, passwordName},
	"mysql_connect(":                       {2, passwordName},
	"mysql_pconnect(":                      {2, passwordName},
	"mysqli_connect(":                      {2, passwordName},
	"mysqli(":                              {2, passwordName},
	"PDO(":                                 {2, passwordName},
	"ftp_login(":                           {2, passwordName},
	"ssh2_auth_password(":                  {2, passwordName},
	"ldap_bind(":                           {2, passwordName},
	"simple_bind_s(":                       {1, passwordName},
	"pymysql.connect(":                     {2, passwordName},
	"MySQLdb.connect(":                     {2, passwordName},
	"add_password(":                        {3, passwordName},
	"create_user(":                         {2, passwordName},
	"create_superuser(":                    {2, passwordName},
	"check_password(":                      {0, passwordName},
	"checkPassword(":                       {0, passwordName},
	"password_verify(":                     {0, passwordName},
	"jwt.sign(":                            {1, secretName},
	"jwt.verify(":                          {1, secretName},
	"jwt.encode(":                          {1, secretName},
	"jwt.decode(":                          {1, secretName},
	"JWT.encode(":                          {1, secretName},
	"JWT.decode(":                          {1, secretName},
	"hmac.new(":                            {0, secretName},
	"hmac.New(":                            {1, secretName},
	"createHmac(":                          {1, secretName},
	"createCipher(":                        {1, secretName},
	"createCipheriv(":                      {1, secretName},
	"createDecipheriv(":                    {1, secretName},
	"hash_hmac(":                           {2, secretName},
	"openssl_encrypt(":                     {2, secretName},
	"openssl_decrypt(":                     {2, secretName},
	"SecretKeySpec(":                       {0, secretName},
	"AES.new(":                             {0, secretName},
	"Fernet(":                              {0, secretName},
	"cookieParser(":                        {0, secretName},
}

func callAnchors() []string {
	anchors := make([]string, 0, len(callForms))
	for a := range callForms {
		anchors = append(anchors, a)
	}
	return anchors
}

// callAt reads the argument of the call whose anchor stands at data[start:end].
func callAt(data []byte, start, end int) (credential, bool) {
	call := string(data[start:end])
	form := callForms[call]
	c := credential{name: strings.Trim(call, ".(="), class: form.class, quoted: true}
	c.normal = scan.NormalName(c.name)
	from, to, ok := argumentAt(data, end, form.argument)
	if !ok {
		return c, false
	}
	if c.span, ok = literalIn(data, from, to); !ok {
		return c, false
	}
	c.value = classify(string(data[c.start:c.end]), "", true)
	return c, c.value != noValue
}

// maxArguments bounds how far a call's arguments are read, in bytes.
const maxArguments = 600

// argumentAt bounds the n-th argument of the call whose arguments begin at data[at:].
func argumentAt(data []byte, at, n int) (from, to int, ok bool) {
	window := data[:min(len(data), at+maxArguments)]
	from = at
	depth := 0
	for i := at; i < len(window); i++ {
		switch c := window[i]; {
		case isQuoteByte(c):
			closing := closingQuote(window, i)
			if closing < 0 {
				return 0, 0, false
			}
			i = closing
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			if depth == 0 {
				return from, i, n == 0
			}
			depth--
		case c == ',' && depth == 0:
			if n == 0 {
				return from, i, true
			}
			n--
			from = i + 1
		}
	}
	return 0, 0, false
}

// closingQuote is where the string that begins at data[at] ends, or -1.
func closingQuote(data []byte, at int) int {
	for i := at + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case data[at]:
			return i
		case '\n':
			return -1
		}
	}
	return -1
}

// literalIn bounds the text of the string that makes up the argument data[from:to], in b"" and []byte("") too.
func literalIn(data []byte, from, to int) (span, bool) {
	argument := data[from:to]
	open := bytes.IndexAny(argument, "\"'`")
	if open < 0 {
		return span{}, false
	}
	switch strings.TrimSpace(string(argument[:open])) {
	case "", "b", "r", "u", "@", "[]byte(", "Buffer.from(", "new String(":
	default:
		return span{}, false
	}
	closing := closingQuote(data[:to], from+open)
	if closing < 0 {
		return span{}, false
	}
	rest := strings.TrimSpace(string(data[closing+1 : to]))
	if !strings.HasPrefix(rest, ".") && strings.Trim(rest, ")") != "" {
		return span{}, false
	}
	s := span{from + open + 1, closing}
	return s, s.end > s.start
}
