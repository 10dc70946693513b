//! A table of sources and what cjs-module-lexer finds in them.

use super::commonjs_exports;

/// Source, names, reexports (both joined by blanks).
const CASES: &[(&str, &str, &str)] = &[
    (r#"exports.a == 1"#, "a", ""),
    (r#"exports = {a}"#, "", ""),
    (r#"module.exports={a:'x',b}"#, "", ""),
    (r#"module.exports={a:-1,b:2,c}"#, "", ""),
    (r#"module.exports={a:b.c,d}"#, "a", ""),
    (r#"module.exports={a(){},b}"#, "a", ""),
    (r#"module.exports={get a(){return 1},b}"#, "get", ""),
    (r#"module.exports={async a(){},b}"#, "async", ""),
    (r#"module.exports={'a-b':x,c}"#, "a-b c", ""),
    (r#"module.exports={a:x,...require('fs'),c}"#, "a c", "fs"),
    (
        r#"exports.package=1;exports.default=2;exports.let=3"#,
        "package default let",
        "",
    ),
    (
        r#"Object.defineProperty(exports,'a',{enumerable:!0,get:function(){return x}})"#,
        "",
        "",
    ),
    (
        r#"Object.defineProperty(exports,'a',{enumerable:true,get:()=>x})"#,
        "",
        "",
    ),
    (
        r#"Object.defineProperty(exports,'a',{get:function(){return x.y}})"#,
        "a",
        "",
    ),
    (
        r#"Object.defineProperty(exports,'a',{enumerable:true,value:1})"#,
        "a",
        "",
    ),
    (
        r#"Object.defineProperty(exports,'a',{writable:true,value:1})"#,
        "",
        "",
    ),
    (r#"var x=/exports.a=1/;exports.b=2"#, "b", ""),
    (r#"`${exports.c=1} exports.d=2`"#, "c", ""),
    (
        r#"0 && (module.exports = {a, b, ...require('path')})"#,
        "a b",
        "path",
    ),
    (
        r#"exports['a b']=1;exports[`c`]=2;exports["\u0041"]=1"#,
        "a b A",
        "",
    ),
    (r#"module.exports=require('path')"#, "", "path"),
    (
        r#"if(1){module.exports=require('path')} else module.exports=function(){}"#,
        "",
        "",
    ),
    (r#"module.exports={a:1};module.exports.b=2"#, "b", ""),
    (
        r#"this.exports.x=1;foo.exports.y=2;a.module.exports.z=1"#,
        "",
        "",
    ),
    (r#"exports.a=exports.b=void 0"#, "a b", ""),
    (
        r#"tslib_1.__exportStar(require('path'),exports)"#,
        "",
        "path",
    ),
    (
        r#"var p=require('path');Object.keys(p).forEach(function(k){if(k==='default'||k==='__esModule')return;exports[k]=p[k]})"#,
        "",
        "path",
    ),
    (
        r#"var p=_interopRequireWildcard(require('path'));Object.keys(p).forEach(function(k){if(k==='default'||k==='__esModule')return;if(Object.prototype.hasOwnProperty.call(_e,k))return;if(k in exports&&exports[k]===p[k])return;Object.defineProperty(exports,k,{enumerable:true,get:function(){return p[k]}})})"#,
        "",
        "path",
    ),
    (
        r#"(function(){__exportStar(require('path'),exports)})()"#,
        "",
        "",
    ),
    (
        r#"exports.a;exports.b.c=1;exports.d++ ;exports.e+=1;exports.f??=1"#,
        "",
        "",
    ),
    (r#"module.exports.a={};module.exports['b']=1"#, "a b", ""),
    (r#"const {a}=exports; let e=exports; e.z=1"#, "", ""),
    (
        r#"module.exports = {
 a, // c
 /* d */ b,
 'c': c, d: require('x'), e }"#,
        "a b c d",
        "",
    ),
    (
        r#"module.exports = { a: a, b: function(){}, c }"#,
        "a b",
        "",
    ),
    (r#"module.exports = class A{}; module.exports.z=1"#, "z", ""),
    (r#"module.exports = Object.assign({},{a})"#, "", ""),
    (r#"exports.é=1"#, r#"é"#, ""),
    (
        r#"Object.defineProperty(module.exports,'a',{get(){return x['y']}})"#,
        "a",
        "",
    ),
    (
        r#"Object.defineProperty(exports,'a',{get:function f(){return x;},})"#,
        "a",
        "",
    ),
    (
        r#"Object.defineProperty(exports,'a',{get:function(){return 'x'}});exports.a=1"#,
        "a",
        "",
    ),
    (r#"module.exports={__proto__:null,a}"#, "__proto__ a", ""),
    (r#"module.exports={a,b:[1],c}"#, "a", ""),
    (r#"module.exports={a:true,b:x,c}"#, "a b c", ""),
    (r#"module.exports={a:void 0,c}"#, "a", ""),
    (r#"module.exports={a:typeof b,c}"#, "a", ""),
    (r#"module.exports={a:b(),c}"#, "a", ""),
    (r#"module.exports={a:"s",c}"#, "", ""),
    (r#"module.exports={5:a,c}"#, "", ""),
    (r#"module.exports = exports = {a,b}"#, "", ""),
    (r#"exports = module.exports = {a,b}"#, "a b", ""),
    (r#"exports=module.exports=require('path')"#, "", "path"),
    (r#"module.exports=require('path').posix"#, "", "path"),
    (
        r#"module.exports=require('path');module.exports.extra=1"#,
        "extra",
        "path",
    ),
    (
        r#"module.exports={a};module.exports=require('path')"#,
        "a",
        "path",
    ),
    (
        r#"function f(){module.exports=require('path')}"#,
        "",
        "path",
    ),
    (r#"var x=module.exports;x.y=1"#, "", ""),
    (r#"const b=require('path');module.exports=b"#, "", ""),
    (r#"module . exports . q /*c*/ = 1"#, "q", ""),
    (r#"module['exports'].a=1"#, "", ""),
    (r#"__exportStar(require('path'))"#, "", "path"),
    (r#"__export(require('path'))"#, "", "path"),
    (r#"x.__esModule=1; exports.__esModule=!0"#, "__esModule", ""),
];

#[test]
fn finds_what_cjs_module_lexer_finds() {
    for (source, names, reexports) in CASES {
        let found = commonjs_exports(source);
        assert_eq!(found.names.join(" "), *names, "names of {source}");
        assert_eq!(
            found.reexports.join(" "),
            *reexports,
            "reexports of {source}"
        );
    }
}
