package flow

import "strings"

func lowerSet(text string) map[string]bool { return WordSet(strings.ToLower(text)) }

// What calls return, by the lower-case names of functions and methods of all languages.
var (
	// numeric return no text.
	numeric = lowerSet(`int float parseInt parseFloat Number parseLong parseDouble parseBoolean intval floatval boolval to_i to_f Atoi ParseUint ParseBool ParseUUID bool len
		type id ord count strlen size sizeof length abs round min max sum isinstance ToInt32 ToInt64 TryParse fromString uuid4 hashCode indexOf lastIndexOf compareTo
		equals equalsIgnoreCase startsWith endsWith startswith endswith contains isEmpty isBlank isdigit isalnum any all callable hasattr typeof getClass GetType
		ToBoolean ToDouble ToDateTime strcmp strpos empty isset is_null number BigInt Boolean toInt toLong toDouble toIntOrNull toLongOrNull bytesize present? blank? nil?
		empty? is_a? include? start_with? end_with? match? verify compare check_password checkpw password_verify strtotime DateTime`)
	// asking are further methods that only answer yes or no.
	asking = lowerSet("equals equal eql? compare matches match test startswith endswith contains exists every some verify validate valid authenticate check")
	// textual return their argument, or what they are called on, as text.
	textual = lowerSet(`str String repr ascii format dict list tuple pformat strip lstrip rstrip lower upper title hex to_dict as_dict copy getvalue toString valueOf to_s to_str
		inspect trim trimEnd trimStart toLowerCase toUpperCase ToLower ToUpper toLocaleString ToString String Sprint Sprintln concat join Join implode String.valueOf
		freeze dup strval print_r var_export get_secret_value expose_secret unquote unquote_plus decodeURIComponent decodeURI urldecode rawurldecode from fromEntries entries values keys
		assign stringify toArray to_a to_h to_hash to_unsafe_h permit require merge flatten compact parse parse_qs parse_qsl loads ReadAll readAll read readlines getText text json blob
		read_all get_json get_data getvalue intern chomp squeeze capitalize title Title TrimSpace Trim TrimPrefix TrimSuffix TrimRight TrimLeft ToUpper valueof orElse orElseGet
		orElseThrow get_or_insert unwrap clone plus toList asList of ofNullable bytes Bytes getBytes GetBytes toCharArray GetString UTF8String html_safe nl2br stripslashes addslashes ucfirst
		strtolower strtoupper mb_strtolower data all input toJSON toJson dump render build done result ok first last next peek iter iterator reversed sorted list sort
		reverse Reverse Clone Copy append Append readLine readUTF getSingleResult Trim TrimStart TrimEnd QueryUnescape PathUnescape Unquote ToArray ToList Values Encode as_str to_string to_owned
		fmt.Sprint setdefault splitlines split Split spread asString apply normalize`)
	// cutting return a part: a beginning is no credential.
	cutting = lowerSet("slice substr substring take first_n last_n takeLast mb_substr partition rpartition split splitlines Fields Split SplitN explode chars at charAt drop limit left right Substring slice! truncate")
	// formats put values into a text.
	formats = lowerSet("format sprintf vsprintf formatted MessageFormat Sprintf Errorf util.format printf AppendFormat Errorf Wrapf Wrap interpolate Format")
	// adding put their arguments into what they are called on.
	adding = lowerSet("append push add put set Add Append AppendLine WriteString Write write writeln println print insert extend update Set unshift setProperty addAttribute store merge! putAll offer addLast AddRange setitem concat! prepend")
	// replacing take something out of a text.
	replacing = lowerSet("gsub sub tr delete translate squish sanitize removechars strtr str_replace preg_replace filter_var deletechars remove strip_tags")
	// lookups return an entry by its key.
	lookups = lowerSet(`get getlist getenv pop fetch dig getParameter getHeader header Header Get getItem getProperty GetString get_argument query_param param FormValue PostFormValue Query Param
		PostForm DefaultQuery GetHeader QueryParam getOrDefault getFirst input cookie cookies post getAttribute setting GetValue GetEnvironmentVariable URLParam Params getAll values
		getString getRequiredProperty LookupEnv require_env env getParameterValues GetSection key? value_for`)
)

// quoting reports functions that keep a text from beginning a line of the log.
func quoting(lower, path string) bool {
	switch lower {
	case "repr", "quote", "stringify", "dumps", "json_encode", "to_json", "tojson", "marshal", "inspect", "encodeuricomponent", "urlencode", "rawurlencode", "url_encode", "htmlencode",
		"htmlspecialchars", "htmlentities", "html_escape", "urlencoder", "quotetoascii", "queryescape", "pathescape", "serialize", "serializeobject", "escapejava", "escapejson", "encodeforhtml",
		"cgi.escape", "escape", "writevalueasstring", "marshalindent", "escapehtml", "quote_plus", "ascii", "var_export", "h", "escapehtml4", "javascriptencode", "urlpathencode", "jsonencode":
		return lower != "inspect" || !strings.HasPrefix(path, "util")
	case "encode":
		return strings.HasPrefix(path, "URLEncoder") || strings.HasPrefix(path, "json") || strings.HasPrefix(path, "Encode")
	}
	return strings.HasPrefix(lower, "encodefor") || strings.Contains(lower, "escape") && !strings.Contains(lower, "unescape") || strings.Contains(lower, "sanitiz") ||
		strings.Contains(lower, "neutrali") || strings.Contains(lower, "stripcrlf") || strings.Contains(lower, "cleanlog") || strings.Contains(lower, "striplines")
}
