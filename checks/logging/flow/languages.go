package flow

import (
	"strings"

	"hardcheck/checks/internal/parse/source"
)

func kinds(kind Kind, paths string) map[string]Kind {
	out := map[string]Kind{}
	for _, p := range strings.Fields(paths) {
		out[p] = kind
	}
	return out
}

func joined(sets ...map[string]Kind) map[string]Kind {
	out := map[string]Kind{}
	for _, set := range sets {
		for k, v := range set {
			out[k] = v
		}
	}
	return out
}

// tables is what is known of the libraries of each language, from their documentation.
var tables = withKotlin(map[string]*table{
	"python": {
		lang: source.Python, returns: true, detail: Message,
		streams: WordSet("print pprint pprint.pprint sys.stderr.write sys.stdout.write warnings.warn click.echo click.secho typer.echo typer.secho"),
		loggers: WordSet("structlog loguru syslog app.logger current_app.logger"),
		inputs: WordSet(`args form values json data headers cookies get_json get_data files url base_url path full_path query_string user_agent referrer view_args GET POST META COOKIES
			body FILES query_params path_params query match_info rel_url get_full_path get_raw_uri arguments stream environ host forms params raw_path`),
		encoded:   WordSet("get_full_path get_raw_uri query_string raw_path"),
		wholes:    WordSet("headers META form POST body cookies COOKIES json data get_json get_data environ"),
		paths:     kinds(Whole, "os.environ"),
		sources:   joined(kinds(Whole, "locals vars() os.environ.copy"), kinds(Failure, "traceback.format_exc traceback.format_exception traceback.format_tb traceback.format_stack traceback.extract_tb sys.exc_info cgitb.text cgitb.html"), kinds(Input, "self.get_argument self.get_query_argument self.get_body_argument self.get_cookie")),
		responses: WordSet("response resp"),
		answers: WordSet(`HttpResponse JsonResponse jsonify make_response Response HTTPException PlainTextResponse HTMLResponse JSONResponse HttpResponseServerError HttpResponseBadRequest
			ORJSONResponse HttpResponseForbidden HttpResponseNotFound render render_template render_template_string abort web.Response json_response web.json_response self.write self.finish
			self.wfile.write send_error self.send_error StreamingResponse`),
	},
	"javascript": {
		lang: source.JavaScript, detail: Trace,
		streams:   WordSet("process.stdout.write process.stderr.write util.log util.debug util.error"),
		loggers:   WordSet("console winston pino bunyan log4js loglevel Logger signale consola npmlog"),
		functions: WordSet(`console.log.apply`),
		inputs: WordSet(`query params body headers cookies url originalUrl path hostname ip host param get header files file rawBody signedCookies search querystring pathParameters
			queryStringParameters multiValueHeaders rawHeaders nextUrl ips subdomains protocol text json formData href`),
		wholes:    WordSet("headers body cookies rawHeaders signedCookies rawBody"),
		encoded:   WordSet("url originalUrl href search querystring nextUrl"),
		paths:     kinds(Whole, "process.env Deno.env import.meta.env"),
		sources:   joined(kinds(Whole, "Deno.env.toObject")),
		responses: WordSet("res resp response reply h"),
		answers:   WordSet("send end write json jsonp render html text sendFile"),
	},
	"java": {
		lang: source.Java, returns: true, detail: Message,
		streams: WordSet("System.out.print System.out.println System.out.printf System.out.format System.err.print System.err.println System.err.printf System.err.format System.out.append"),
		loggers: WordSet("LOG LOGGER Logger Log Timber"),
		inputs: WordSet(`getParameter getHeader getQueryString getRequestURI getRequestURL getPathInfo getCookies getReader getInputStream getParameterMap getParameterValues getServletPath
			getHeaders getPart getParts getHeaderNames getParameterNames getRemoteUser getPathTranslated getBody getURI getQueryParams getUserAgent queryParams headers body params queryString`),
		wholes:    WordSet("getParameterMap getHeaders getCookies"),
		encoded:   WordSet("getRequestURI getRequestURL getQueryString getURI"),
		sources:   joined(kinds(Whole, "System.getenv System.getProperties"), kinds(Failure, "ExceptionUtils.getStackTrace Throwables.getStackTraceAsString ExceptionUtils.getFullStackTrace")),
		responses: WordSet("response resp res httpResponse servletResponse"),
		answers: WordSet(`print println write printf append sendError body entity ok badRequest internalServerError ResponseEntity ResponseStatusException setBody format respond respondText send result
			json html`),
	},
	"csharp": {
		lang: source.CSharp, detail: Text,
		streams:   WordSet("Console.Write Console.WriteLine Console.Error.Write Console.Error.WriteLine Console.Out.Write Console.Out.WriteLine Debug.WriteLine Debug.Write System.Console.WriteLine System.Console.Write"),
		functions: WordSet("Trace.WriteLine Trace.Write Trace.TraceInformation Trace.TraceError Trace.TraceWarning EventLog.WriteEntry"),
		loggers:   WordSet("Log Serilog NLog Logger _logger Trace EventLog"),
		inputs:    WordSet("Query QueryString Form Headers Cookies Params RawUrl Path Body Url UserAgent ServerVariables UrlReferrer RouteValues Host InputStream GetDisplayUrl Files"),
		wholes:    WordSet("Headers Cookies Form Params ServerVariables"),
		encoded:   WordSet("RawUrl QueryString"),
		sources:   joined(kinds(Whole, "Environment.GetEnvironmentVariables"), kinds(Failure, "Environment.StackTrace")),
		responses: WordSet("Response response HttpResponse"),
		answers: WordSet(`Write WriteAsync WriteAsJsonAsync Content Ok BadRequest StatusCode Json Problem NotFound Conflict UnprocessableEntity ContentResult ObjectResult JsonResult
			BadRequestObjectResult Results.Problem Results.BadRequest Results.Ok Results.Json Results.Text InternalServerError HttpStatusCodeResult CreateResponse CreateErrorResponse`),
	},
	"php": {
		lang: source.PHP, detail: Message,
		streams:   WordSet("fwrite fputs"),
		functions: WordSet("error_log syslog trigger_error user_error logger log_message watchdog drupal_set_message debug_log"),
		loggers:   WordSet("Log logger Logger monolog Monolog"),
		inputs:    WordSet("input get query all header cookie post request headers cookies server getContent content json getQueryParams getParsedBody getHeaderLine getHeader getQuery getPost getVar getBody files path url fullUrl userAgent getUri getCookieParams getServerParams attributes"),
		wholes:    WordSet("all header headers cookies getContent getParsedBody getHeaders getCookieParams request post input"),
		sources:   joined(kinds(Whole, "getenv getallheaders apache_request_headers"), kinds(Failure, "debug_backtrace debug_print_backtrace debug_string_backtrace")),
		globals:   WordSet("$_GET $_POST $_REQUEST $_COOKIE $_SERVER $_ENV $_FILES $HTTP_RAW_POST_DATA"),
		responses: WordSet("response"),
		answers: WordSet(`echo print printf die exit print_r var_dump json JsonResponse Response write abort wp_send_json wp_send_json_error wp_die setContent withJson response HttpException
			setBody view render wp_send_json_success vprintf body setData`),
	},
	"ruby": {
		lang: source.Ruby, detail: Text,
		streams:   WordSet("puts p pp print warn printf $stdout.puts $stdout.print $stdout.write STDOUT.puts STDOUT.print STDOUT.write $stderr.puts $stderr.print $stderr.write STDERR.puts STDERR.print STDERR.write Kernel.puts Kernel.warn stdout.puts stderr.puts stdout.print stderr.print stdout.write stderr.write"),
		loggers:   WordSet("logger Logger log LOGGER"),
		inputs:    WordSet("params headers env user_agent referer referrer query_string fullpath url path body cookies raw_post query_parameters request_parameters path_info original_url original_fullpath remote_ip host GET POST form_data"),
		encoded:   WordSet("fullpath original_fullpath original_url query_string url"),
		wholes:    WordSet("headers env body raw_post params cookies POST request_parameters"),
		sources:   joined(kinds(Whole, "ENV.to_h ENV.to_hash ENV.inspect")),
		globals:   WordSet("params cookies ENV"),
		responses: WordSet("response"),
		answers:   WordSet("render halt json body write respond_with send_data error! inline"),
	},
	"go": {
		lang: source.Go, detail: Message,
		streams:   WordSet("fmt.Print fmt.Printf fmt.Println fmt.Fprint fmt.Fprintf fmt.Fprintln println print os.Stdout.WriteString os.Stderr.WriteString os.Stderr.Write os.Stdout.Write"),
		functions: WordSet(`spew.Dump spew.Print spew.Printf spew.Println spew.Errorf spew.Fdump spew.Fprint spew.Fprintf spew.Fprintln utils.Display`),
		loggers:   WordSet("glog klog logrus slog beego logs zap zerolog hclog zlog sugar"),
		inputs:    WordSet("URL FormValue PostFormValue Form PostForm Header Body RequestURI UserAgent Referer Cookie Cookies Host MultipartForm Trailer Query Param DefaultQuery GetHeader QueryParam QueryParams FormParams Params BodyRaw GetRawData DefaultPostForm PathValue QueryArray FormFile BasicAuth OriginalURL Hostname Path"),
		wholes:    WordSet("Header Form PostForm Cookies MultipartForm"),
		encoded:   WordSet("RequestURI OriginalURL"),
		sources: joined(kinds(Whole, "os.Environ syscall.Environ httputil.DumpRequest httputil.DumpRequestOut httputil.DumpResponse"), kinds(Failure, "debug.Stack runtime.Stack"),
			kinds(Input, "mux.Vars chi.URLParam httprouter.ParamsFromContext")),
		responses: WordSet("responseWriter"),
		answers: WordSet(`http.Error Write WriteString fmt.Fprint fmt.Fprintf fmt.Fprintln io.WriteString JSON String HTML XML IndentedJSON AbortWithStatusJSON Data SendString Send Encode
			PureJSON SecureJSON echo.NewHTTPError fiber.NewError`),
	},
})

// withKotlin adds Kotlin, whose programs use Java's libraries and some of their own.
func withKotlin(t map[string]*table) map[string]*table {
	kotlin := *t["java"]
	kotlin.lang = source.Kotlin
	kotlin.streams = WordSet("println print System.out.print System.out.println System.out.printf System.err.println System.err.print System.err.printf")
	kotlin.loggers = WordSet("LOG LOGGER Logger Log Timber logger")
	kotlin.inputs = WordSet(`parameters queryParameters receive receiveText receiveParameters headers cookies uri path queryString header getParameter getHeader getQueryString
		getRequestURI getParameterMap`)
	kotlin.wholes = WordSet("receiveParameters headers receiveText cookies getParameterMap")
	t["kotlin"] = &kotlin
	return t
}
