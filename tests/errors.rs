//! Errors that nobody catches: the report says where, and what goes too deep is an error and never a signal.

mod support;

use support::{Ran, Scratch, eval, ouro, run};

const TOO_DEEP: &str = "RangeError: Maximum call stack size exceeded";

fn run_text(name: &str, text: &str) -> Ran {
    let folder = Scratch::new();
    run(ouro()
        .current_dir(folder.path())
        .arg(folder.file(name, text)))
}

#[test]
fn an_uncaught_error_shows_its_source_line() {
    let ran = run_text(
        "thrower.js",
        "function inner() {\n  throw new TypeError('boom');\n}\nfunction outer() { inner(); }\nouter();\n",
    )
    .with_code(1)
    .complains("thrower.js:2\n  throw new TypeError('boom');\n  ^\n\nTypeError: boom\n    at inner (")
    .complains("thrower.js:2:9)\n    at outer (");
    assert!(
        ran.stderr
            .ends_with(concat!("\nOuro v", env!("CARGO_PKG_VERSION"), "\n"))
    );
}

#[test]
fn engine_errors_show_theirs_too() {
    run_text("null.js", "const a = null;\n\na.b.c;\n")
        .with_code(1)
        .complains("null.js:3\na.b.c;\n")
        .complains("TypeError: ");
    run_text("null.mjs", "let x = 1;\nnull.a;\n")
        .with_code(1)
        .complains("null.mjs:2\nnull.a;\n")
        .complains("TypeError: Cannot read properties of null (reading 'a')\n");
    run_text("undefined.js", "let x = 1;\nnothing();\n")
        .with_code(1)
        .complains("undefined.js:2\nnothing();\n^\n\nReferenceError: nothing is not defined\n");
}

#[test]
fn what_is_thrown_later_is_reported_likewise() {
    run_text(
        "late.js",
        "setTimeout(() => {\n  throw new Error('late');\n}, 1);\n",
    )
    .with_code(1)
    .complains("late.js:2\n  throw new Error('late');\n");
    run_text(
        "rejected.js",
        "Promise.reject(new Error('nobody listens'));\n",
    )
    .with_code(1)
    .complains("Error: nobody listens\n    at ");
}

#[test]
fn what_is_no_error_can_be_thrown() {
    run_text("string.js", "throw 'a string';")
        .with_code(1)
        .complains("string.js:1\nthrow 'a string';\n^\na string\n");
    run_text("null.js", "throw null;")
        .with_code(1)
        .complains("null\n");
}

#[test]
fn syntax_errors_show_where() {
    run_text("bad.js", "let a = 1;\nlet b = ;\n")
        .with_code(1)
        .complains("bad.js:2\nlet b = ;\n        ^\n\nSyntaxError: ");
    run_text("bad.mjs", "let a = 1;\nexport let b = ;\n")
        .with_code(1)
        .complains("bad.mjs:2\nexport let b = ;\n               ^\n\nSyntaxError: ");
    run_text("bad.json.js", "JSON.parse('{\"a\": }');\n")
        .with_code(1)
        .complains("SyntaxError: ")
        .complains("Unexpected token '}', ")
        .complains("is not valid JSON");
    eval("new Function('return (')")
        .with_code(1)
        .complains("SyntaxError: ");
}

#[test]
fn stacks_have_the_length_that_was_asked_for() {
    let deep = "function f(n) { if (n) return f(n - 1); return new Error('x').stack.split('\\n').length - 1 } console.log(f(40))";
    eval(deep).prints("10\n");
    run(ouro().args(["--stack-trace-limit=25", "-e", deep])).prints("25\n");
    eval(&format!("Error.stackTraceLimit = 3; {deep}")).prints("3\n");
}

#[test]
fn call_sites_can_be_had() {
    run_text(
        "sites.js",
        "Error.prepareStackTrace = (error, sites) => sites.map((site) => [site.getFunctionName(), site.getLineNumber()].join());\n\
         function here() {\n  const holder = {};\n  Error.captureStackTrace(holder);\n  return holder.stack[0];\n}\n\
         console.log(here());\n",
    )
    .with_code(0)
    .prints("here,4\n");
}

#[test]
fn eight_thousand_frames_are_fine() {
    eval("function f(n) { return n ? 1 + f(n - 1) : 0 } console.log(f(8000))").prints("8000\n");
    eval("const f = (n, ...rest) => n ? f(n - 1, ...rest) + 1 : 0; console.log(f(8000, 1, 2))")
        .prints("8000\n");
    eval("class A { f(n) { return n ? this.f(n - 1) + 1 : 0 } } console.log(new A().f(8000))")
        .prints("8000\n");
}

#[test]
fn what_is_deep_but_not_too_deep_works() {
    // A debug build's frames are larger.
    let brackets = if cfg!(debug_assertions) { 1_500 } else { 5_000 };
    for (text, printed) in [
        (
            "let a = []; for (let i = 0; i < 100000; i++) a = [a]; console.log(String(a).length)"
                .to_owned(),
            "0\n",
        ),
        (
            "console.log(JSON.parse('['.repeat(1e6) + ']'.repeat(1e6)).length)".to_owned(),
            "1\n",
        ),
        (
            "let p = {}; for (let i = 0; i < 20000; i++) p = new Proxy(p, {}); console.log(p.x)"
                .to_owned(),
            "undefined\n",
        ),
        (
            format!("console.log(eval('('.repeat({brackets}) + '1' + ')'.repeat({brackets})))"),
            "1\n",
        ),
        (
            "console.log(Math.max(...new Array(120000).fill(1)))".to_owned(),
            "1\n",
        ),
    ] {
        eval(&text).with_code(0).prints(printed);
    }
}

/// A script that never comes back from where it goes ends with code 1 and says why.
fn too_deep(what: &str, text: &str) {
    let ran = run_text("deep.js", text);
    assert_eq!(ran.code, Some(1), "{what}: {ran:#?}");
    assert!(ran.stderr.contains(TOO_DEEP), "{what}: {ran:#?}");
}

#[test]
fn recursion_without_end_is_an_error() {
    too_deep("a function", "function f() { return f() + 1 } f();");
    too_deep("an arrow", "const f = () => f() + 1; f();");
    too_deep(
        "a constructor",
        "class A { constructor() { new A() } } new A();",
    );
    too_deep(
        "two in turn",
        "function a() { b() } function b() { a() } a();",
    );
    too_deep("in a timer", "function f() { f() } setTimeout(f, 1);");
    too_deep(
        "in a promise",
        "function f() { f() } Promise.resolve().then(f);",
    );
}

#[test]
fn recursion_through_natives_is_an_error() {
    too_deep(
        "an array's callback",
        "function f() { [1].forEach(f) } f();",
    );
    too_deep("sort", "function f() { [2, 1].sort(f) } f();");
    too_deep(
        "replace",
        "function f() { return 'a'.replace(/a/, f) } f();",
    );
    too_deep("a getter", "const o = { get a() { return this.a } }; o.a;");
    too_deep(
        "a setter",
        "const o = { set a(v) { this.a = v } }; o.a = 1;",
    );
    too_deep(
        "a proxy",
        "const p = new Proxy({}, { get(t, k, r) { return r[k] } }); p.a;",
    );
    too_deep("call", "function f() { f.call() } f();");
    too_deep("apply", "function f() { Reflect.apply(f, null, []) } f();");
    too_deep("bind", "let f = () => g(); const g = f.bind(); g();");
    too_deep(
        "an iterator",
        "const o = { [Symbol.iterator]() { return [...o] } }; [...o];",
    );
    too_deep(
        "emit",
        "const e = new (require('events'))(); e.on('a', () => e.emit('a')); e.emit('a');",
    );
    too_deep(
        "toJSON",
        "const o = { toJSON() { return JSON.stringify(o) } }; JSON.stringify(o);",
    );
    too_deep("a reviver", "function f() { JSON.parse('[1]', f) } f();");
}

/// What nests deeply is done, or refused with an error: no signal ends the program.
fn never_a_signal(what: &str, text: &str) {
    let ran = run_text("deep.js", text);
    match ran.code {
        Some(0) => {}
        _ => {
            assert_eq!(ran.code, Some(1), "{what}: {ran:#?}");
            assert!(ran.stderr.contains(TOO_DEEP), "{what}: {ran:#?}");
        }
    }
}

#[test]
fn deep_values_end_no_process() {
    let deep = "let a = []; for (let i = 0; i < 1e5; i++) a = [a];";
    never_a_signal("String", &format!("{deep} String(a);"));
    never_a_signal("flat", &format!("{deep} a.flat(Infinity);"));
    never_a_signal("JSON.stringify", &format!("{deep} JSON.stringify(a);"));
    never_a_signal("inspect", &format!("{deep} console.log(a);"));
    never_a_signal(
        "collection",
        &format!("{deep} a = null; for (let i = 0; i < 1e5; i++) ({{}});"),
    );
    never_a_signal(
        "JSON.parse",
        "JSON.parse('['.repeat(2e5) + ']'.repeat(2e5));",
    );
}

#[test]
fn deep_source_is_an_error() {
    too_deep("eval", "eval('('.repeat(1e6) + ')'.repeat(1e6));");
    too_deep("arrays in eval", "eval('['.repeat(1e6) + ']'.repeat(1e6));");
    too_deep(
        "Function",
        "new Function('{'.repeat(1e6) + '}'.repeat(1e6));",
    );
    let n = 300_000;
    too_deep(
        "parentheses",
        &format!("{}1{}", "(".repeat(n), ")".repeat(n)),
    );
    too_deep("blocks", &format!("{}{}", "{".repeat(n), "}".repeat(n)));
    too_deep(
        "functions",
        &format!("{}{}", "()=>{".repeat(n), "}".repeat(n)),
    );
    too_deep(
        "templates",
        &format!("{}1{}", "`${".repeat(n), "}`".repeat(n)),
    );
    never_a_signal("a long sum", &format!("1{}", "+1".repeat(20_000)));
}

#[test]
fn a_method_that_was_assigned_is_one_line() {
    // Node checks the path that is assigned, and lets the method be.
    for method in ["GET / HTTP/1.1\\r\\nX: y\\r\\n\\r\\nGET", "GET\\n"] {
        eval(&format!(
            "const req = require('http').request({{ port: 1, createConnection: () => new (require('net').Socket)() }});
             req.method = '{method}'; req.on('error', () => {{}});
             try {{ req.end(); }} catch (err) {{ console.log(err.code); }}
             req.destroy();"
        ))
        .with_code(0)
        .prints("ERR_UNESCAPED_CHARACTERS\n");
    }
}
