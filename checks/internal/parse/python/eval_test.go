package python

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEval(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"x = 10 * 1024 * 1024", "10485760"},
		{"x = 2 << 20", "2097152"},
		{"x = 1_000 // 3 - 5 % 3 + 2 ** 3", "339"},
		{"x = 0o644", "420"},
		{"x = 9223372036854775807 + 1", "?"},
		{"x = 2 ** 64", "?"},
		{"x = 1.5 * 1024", "1536"},
		{"x = int(2.5 * 1024)", "2560"},
		{"x = 'a' + \"b\" 'c'", "abc"},
		{"MB = 1 << 20\nx = 5 * MB", "5242880"},
		{"MB = 1\nMB = 2\nx = MB", "2"},
		{"MB, KB = 1, 2\nx = MB + KB", "3"},
		{"x = 1\nx *= 5", "5"},
		{"if True:\n  x = 1\nelse:\n  x = 2", "1"},
		{"x = True\nif not x:\n  x = 1\nelif x:\n  x = 2", "2"},
		{"import os\nD = os.getenv('D', '1') == '1'\nif D:\n  x = 1\nelse:\n  x = 2", "?$D=1"},
		{"import os\nD = os.getenv('D', '1') == '1'\nx = 1\nif not D:\n  x = 2", "?$D=1"},
		{"import os\nD = os.getenv('D', '1') == '1'\nif not D:\n  x = 2", "?$D"},
		{"x = 1\nif a:\n  x = 1", "1"},
		{"x = 1\nif a:\n  pass\nelif True:\n  x = 3", "?"},
		{"x = 1\ntry:\n  x = 2\nexcept E:\n  pass", "?"},
		{"x = ['a']\nif a:\n  x += ['b']", "?[a]"},
		{"x = ['a']\nif a:\n  x.append('b')\nx += ['c']", "?[a c]"},
		{"x = ['a'] + (['b'] if c else [])", "?[a]"},
		{"x = {'a': 1}\nx['b'] = 2", "{a b}"},
		{"x = {'a': 1}\nx['b']['c'] = 2", "?{a}"},
		{"D = {'a': {'b': {'c': 1}}}\nD['a']['b']['c'] = 5\nx = D['a']['b']['c']", "5"},
		{"D = {'a': {'b': 1}}\nD['a']['b'] += 5\nx = D['a']['b']", "?"},
		{"D = {'a': {'b': 1}}\nif y:\n  D['a']['b'] = 5\nx = D['a']['b']", "?"},
		{"D = {'a': {'b': 1}}\nD['a'].update(z)\nx = D", "?{a}"},
		{"D = {'a': {'b': 1}}\nD['a'].get(z)\nx = D['a']['b']", "1"},
		{"if a:\n  MB = 1\nx = MB", "?"},
		{"MB = 1\nif a:\n  MB = 2\nx = MB", "?"},
		{"A = B\nB = A\nx = A", "?"},
		{"def x(): pass", "?"},
		{"for MB in a: pass\nx = MB", "?"},
		{"H = 'shop'\nx = f'https://{H}.example:{443}'", "https://shop.example:443"},
		{"x = f'{a}'", "?"},
		{"x = not True or 1 == 1.0", "true"},
		{"x = 'a' in ['b', 'a'] and 3 > 2", "true"},
		{"x = 1 if None is None else 2", "1"},
		{"x = ['a', *['b'], 'c'] + ('d',)", "[a b c d]"},
		{"B = ['a']\nB += ['b']\nB.append('c')\nB.insert(0, 'd')\nx = B", "[d a b c]"},
		{"B = ['a']\nif y:\n  B += ['b']\nx = B", "?[a]"},
		{"B = ['a', 'b']\nB.remove('a')\nx = B", "[b]"},
		{"x = ['a', y]", "?[a]"},
		{"x = {'a': 1}", "{a}"},
		{"x = dict(a=1, b=2)", "{a b}"},
		{"from datetime import timedelta\nx = timedelta(days=2, hours=1)", "176400"},
		{"import datetime\nx = int(datetime.timedelta(365).total_seconds())", "31536000"},
		{"x = 'a,b'.split(',')", "[a b]"},
		{"import os\nx = os.environ['A']", "?$A"},
		{"import os\nx = os.environ.get('A')", "?$A=<nil>"},
		{"import os\nx = os.environ.get('DEBUG', 'True') == 'True'", "?$DEBUG=true"},
		{"from os import environ as e\nx = e.get('DEBUG', '0').lower() in ('1', 'true')", "?$DEBUG=false"},
		{"import os\nx = bool(int(os.getenv('DEBUG', 1)))", "?$DEBUG=true"},
		{"import os\nx = bool(os.getenv('DEBUG', 'False'))", "?$DEBUG=true"},
		{"import os\nx = int(os.getenv('MB', '5')) * 1024", "?$MB=5120"},
		{"import os\nx = os.getenv('A') or 'b'", "?$A=b"},
		{"import os\nx = os.getenv('A', '').split(',')", "?$A=[]"},
		{"from decouple import config\nx = config('DEBUG', default='False', cast=bool)", "?$DEBUG=false"},
		{"x = config('DEBUG', cast=bool)", "?$DEBUG"},
		{"x = config('HOSTS', default='a, b', cast=Csv())", "?$HOSTS=[a b]"},
		{"x = config('HOSTS', default='a', cast=lambda v: v.split())", "?$HOSTS"},
		{"x = env_bool('DEBUG', not False)", "?$DEBUG=true"},
		{"x = get_env('DEBUG')", "?$DEBUG"},
		{"x = helpers.getenv_int('N', 5)", "?$N=5"},
		{"x = environment('N', 5)", "?"},
		{"import environ\nenv = environ.Env(DEBUG=(bool, True))\nx = env('DEBUG')", "?$DEBUG=true"},
		{"x = env.bool('DEBUG', False)", "?$DEBUG=false"},
		{"x = env.int('N', default='7')", "?$N=7"},
		{"x = env.str('DEBUG')", "?$DEBUG"},
		{"x = getattr(local, 'MAX', 5)", "?$MAX=5"},
		{"x = [{'a': 1, 'b': 2}, 3]", "[{a, b} 3]"},
		{"from django.utils.csp import CSP\nx = [CSP.SELF, CSP.NONCE]", "['self' 'nonce-differsInEveryAnswer']"},
		{"x = compute()", "?"},
		{"x = -5", "-5"},
		{"x = ...", "?"},
	} {
		m := Parse(c.src)
		s := NewScope(m, nil)
		x, _ := s.Lookup("x")
		if diff := cmp.Diff(c.want, shown(x.Value)); diff != "" {
			t.Errorf("%s\n%s", c.src, diff)
		}
	}
}

func shown(v Value) string {
	text := fmt.Sprint(v.V)
	if p, ok := v.V.(Pairs); ok {
		text = "{"
		for i, e := range p {
			if i > 0 {
				text += " "
			}
			text += e.Key
		}
		text += "}"
	}
	switch {
	case !v.Dynamic:
		return text
	case v.Known && v.Variable != "":
		return "?$" + v.Variable + "=" + text
	case v.Variable != "":
		return "?$" + v.Variable
	case v.V != nil:
		return "?" + text
	}
	return "?"
}

func TestClasses(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"class C:\n  A = 1\n  B = A + 1\nx = C.B", "2"},
		{"class B:\n  A = 1\nclass C(B):\n  pass\nx = C.A", "1"},
		{"class C(D):\n  pass\nx = C.A", "?"},
		{"class C(C):\n  pass\nx = C.A", "?"},
		{"class C:\n  A = 1\nc = C()\nx = c.A", "1"},
		{"from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n  debug: bool = False\n  name: str\ns = S()\nx = s.debug", "?$DEBUG=false"},
		{"class S(BaseSettings):\n  debug: bool\ns = S()\nx = s.debug", "?"},
		{"class S(BaseSettings):\n  model_config = SettingsConfigDict(env_prefix='app_')\n  n: int = 1\ns = S()\nx = s.n", "?$APP_N=1"},
		{"class B(BaseSettings):\n  class Config:\n    env_prefix = 'APP_'\nclass S(B):\n  n: int = 1\ns = S()\nx = s.n", "?$APP_N=1"},
		{"class A(BaseSettings):\n  n: int = Field(5, env='MAX')\nclass S(A): pass\ns = S()\nx = s.n * 2", "?$MAX=10"},
		{"class S(BaseSettings):\n  debug: bool = Field(...)\ns = S()\nx = s.debug", "?$DEBUG"},
		{"class S(BaseSettings):\n  o: list = ['*']\n@lru_cache\ndef get():\n  return S()\ns = get()\nx = s.o", "?$O=[*]"},
		{"class S(BaseSettings):\n  o: int = 1\ns = S(o=2)\nx = s.o", "?"},
	} {
		x, _ := NewScope(Parse(c.src), nil).Lookup("x")
		if diff := cmp.Diff(c.want, shown(x.Value)); diff != "" {
			t.Errorf("%s\n%s", c.src, diff)
		}
	}
}

func TestImports(t *testing.T) {
	sources := map[string]string{
		"a": "from b import N as M\nfrom .c import *\nimport d\nfrom . import e\nw = M + 1\nx = d.N\ny = e.N\nz = C",
		"b": "from d import N", "c": "from a import w\nC = 3", "d": "N = 7", "e": "import a\nN = a.w",
	}
	scopes := map[string]*Scope{}
	var find Finder
	find = func(_ int, module string) *Scope {
		s, ok := scopes[module]
		if !ok && sources[module] != "" {
			scopes[module] = nil
			s = NewScope(Parse(sources[module]), find)
			scopes[module] = s
		}
		return s
	}
	got := map[string]string{}
	for _, id := range []string{"w", "x", "y", "z"} {
		b, _ := find(0, "a").Lookup(id)
		got[id] = shown(b.Value)
	}
	if diff := cmp.Diff(map[string]string{"w": "8", "x": "7", "y": "?", "z": "3"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestManyChangesAreBounded(t *testing.T) {
	for _, line := range []string{"x.append(1)\n", "x += [1]\n", "x['a'] = 1\n", "x = x + x\n", "if y: x += [2]\n", "x.remove(1)\n"} {
		for _, start := range []string{"x = [1]\n", "x = {}\n", "x = 'a'\n", "x = y\n"} {
			NewScope(Parse(start+strings.Repeat(line, 50_000)), nil)
		}
	}
}

func TestQualified(t *testing.T) {
	m := Parse("import a.b\nimport c.d as e\nfrom f.g import h as i\nfrom . import j\na.b.x\ne.x\ni.x\nj\nk().x\n")
	s := NewScope(m, nil)
	var got []string
	for _, n := range m.Body[4:] {
		got = append(got, s.Qualified(n.(*ExprStmt).X))
	}
	if diff := cmp.Diff([]string{"a.b.x", "c.d.x", "f.g.h.x", "..j", ""}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEvalIsBounded(t *testing.T) {
	src := "a0 = ['x', 'y']\n"
	for i := range 60 {
		src += fmt.Sprintf("a%d = a%d + a%d\n", i+1, i, i)
	}
	m := Parse(src + "x = a60")
	if x, _ := NewScope(m, nil).Lookup("x"); !x.Value.Dynamic {
		t.Errorf("%d items", len(x.Value.V.([]any)))
	}
}
