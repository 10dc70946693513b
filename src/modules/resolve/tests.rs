//! A tree of packages, and what Node 24 said about each specifier in it.

use std::path::{Path, PathBuf};

use super::*;
use crate::modules::paths;

const FILES: &[(&str, &str)] = &[
    (
        "node_modules/ex/package.json",
        r#"{"name":"ex","exports":{".":"./i.js","./a":"./a.js","./n":null,"./inv":"../x.js","./arr":["bad","./a.js"],
           "./p/*":"./p/*.js","./invarr":["bad"],"./nm":"./node_modules/x.js","./cond":{"foo":"./a.js"},"./num":5,
           "./two":{"import":"./i.js","require":"./a.js"},"./dir/":"./dir/"}}"#,
    ),
    ("node_modules/ex/i.js", ""),
    ("node_modules/ex/a.js", ""),
    ("node_modules/bad/package.json", "{bad"),
    (
        "node_modules/badt/package.json",
        r#"{"exports":{".":"./a.js","import":"./b.js"}}"#,
    ),
    (
        "node_modules/nomain/package.json",
        r#"{"main":"./nope.js"}"#,
    ),
    ("node_modules/main/package.json", r#"{"main":"lib"}"#),
    ("node_modules/main/lib/index.js", ""),
    (
        "node_modules/condonly/package.json",
        r#"{"exports":{"foo":"./a.js"}}"#,
    ),
    ("node_modules/@s/p/index.js", ""),
    ("node_modules/@s/p/q.json", ""),
    (
        "node_modules/impt/package.json",
        r#"{"exports":{"0":"./a.js","b":"x"}}"#,
    ),
    (
        "package.json",
        r##"{"name":"root","exports":"./main.js","imports":{"#a":"./a.js","#n":null,"#inv":"../x.js","#p/*":"./p/*.js","#ext":"ex",
           "#exn":"nope","#abs":"/abs","#url":"http://x","#fs":"node:fs","#q":{"node":{"bogus":"./no.js"},"default":"./main.js"}}}"##,
    ),
    ("main.js", ""),
    ("data.json", "{}"),
    ("dir/index.js", ""),
    ("both.js", ""),
    ("both/index.js", ""),
    ("node_modules/inner.js", ""),
    ("dir/x.mjs", ""),
];

/// `request`, and the file or the message; `ROOT` stands for the directory of the tree.
const REQUIRE: &[(&str, &str)] = &[
    ("nope", "-"),
    ("./nope", "-"),
    (".", "-"),
    ("./main", "ROOT/main.js"),
    ("./main.js", "ROOT/main.js"),
    ("./main.js/", "-"),
    ("./data", "ROOT/data.json"),
    ("./dir", "ROOT/dir/index.js"),
    ("./dir/", "ROOT/dir/index.js"),
    ("./dir/x", "-"),
    ("./both", "ROOT/both.js"),
    ("./both/", "ROOT/both/index.js"),
    ("inner", "ROOT/node_modules/inner.js"),
    ("main", "ROOT/node_modules/main/lib/index.js"),
    ("@s/p", "ROOT/node_modules/@s/p/index.js"),
    ("@s/p/q", "ROOT/node_modules/@s/p/q.json"),
    ("@s", "-"),
    ("root", "ROOT/main.js"),
    (
        "root/x",
        "Package subpath './x' is not defined by \"exports\" in ROOT/package.json imported from ROOT/main.js",
    ),
    ("ex", "ROOT/node_modules/ex/i.js"),
    ("ex/a", "ROOT/node_modules/ex/a.js"),
    ("ex/two", "ROOT/node_modules/ex/a.js"),
    (
        "ex/n",
        "Package subpath './n' is not defined by \"exports\" in ROOT/node_modules/ex/package.json",
    ),
    (
        "ex/inv",
        "Invalid \"exports\" target \"../x.js\" defined for './inv' in the package config ROOT/node_modules/ex/package.json; targets must start with \"./\"",
    ),
    ("ex/arr", "ROOT/node_modules/ex/a.js"),
    ("ex/p/x", "Cannot find module 'ROOT/node_modules/ex/p/x.js'"),
    (
        "ex/p/../x",
        "Invalid module \"./p/../x\" request is not a valid match in pattern \"./p/*\" for the \"exports\" resolution of ROOT/node_modules/ex/package.json",
    ),
    (
        "ex/nm",
        "Invalid \"exports\" target \"./node_modules/x.js\" defined for './nm' in the package config ROOT/node_modules/ex/package.json",
    ),
    (
        "ex/cond",
        "Package subpath './cond' is not defined by \"exports\" in ROOT/node_modules/ex/package.json",
    ),
    (
        "ex/num",
        "Invalid \"exports\" target \"5\" defined for './num' in the package config ROOT/node_modules/ex/package.json; targets must start with \"./\"",
    ),
    (
        "ex/p/",
        "Package subpath './p/' is not defined by \"exports\" in ROOT/node_modules/ex/package.json",
    ),
    (
        "condonly",
        "No \"exports\" main defined in ROOT/node_modules/condonly/package.json",
    ),
    (
        "bad",
        "Invalid package config ROOT/node_modules/bad/package.json.",
    ),
    (
        "nomain",
        "Cannot find module 'ROOT/node_modules/nomain/nope.js'. Please verify that the package.json has a valid \"main\" entry",
    ),
    (
        "impt",
        "Invalid package config ROOT/node_modules/impt/package.json. \"exports\" cannot contain numeric property keys.",
    ),
    ("#a", "Cannot find module 'ROOT/a.js'"),
    ("#ext", "ROOT/node_modules/ex/i.js"),
    ("#exn", "Cannot find module '#exn'"),
    ("#q", "ROOT/main.js"),
    ("#fs", "node:fs"),
    (
        "#n",
        "Package import specifier \"#n\" is not defined in package ROOT/package.json imported from ROOT/main.js",
    ),
    (
        "#inv",
        "Invalid \"imports\" target \"../x.js\" defined for '#inv' in the package config ROOT/package.json imported from ROOT/main.js",
    ),
    (
        "#",
        "Invalid module \"#\" is not a valid internal imports specifier name imported from ROOT/main.js",
    ),
    ("x\0", "-"),
];

/// The same for `import`.
const IMPORT: &[(&str, &str)] = &[
    (
        "nope",
        "Cannot find package 'nope' imported from ROOT/main.js",
    ),
    (
        "./nope",
        "Cannot find module 'ROOT/nope' imported from ROOT/main.js",
    ),
    ("./main.js?a#b", "file://ROOT/main.js?a#b"),
    (
        "./main",
        "Cannot find module 'ROOT/main' imported from ROOT/main.js\nDid you mean to import \"./main.js\"?",
    ),
    ("./m%61in.js", "file://ROOT/main.js"),
    (
        "@s",
        "Invalid module \"@s\" is not a valid package name imported from ROOT/main.js",
    ),
    (
        "@s/",
        "Cannot find package 'ROOT/node_modules/@s/index.js' imported from ROOT/main.js",
    ),
    (
        "",
        "Cannot find package 'ROOT/node_modules/index.js' imported from ROOT/main.js",
    ),
    (
        ".",
        "Directory import 'ROOT/' is not supported resolving ES modules imported from ROOT/main.js",
    ),
    (
        "./dir",
        "Directory import 'ROOT/dir' is not supported resolving ES modules imported from ROOT/main.js\nDid you mean to import \"./dir/index.js\"?",
    ),
    ("ex/two", "file://ROOT/node_modules/ex/i.js"),
    ("main", "file://ROOT/node_modules/main/lib/index.js"),
    (
        "@s/p/q",
        "Cannot find module 'ROOT/node_modules/@s/p/q' imported from ROOT/main.js\nDid you mean to import \"@s/p/q.json\"?",
    ),
    ("@s/p/q.json", "file://ROOT/node_modules/@s/p/q.json"),
    (
        "ex/n",
        "Package subpath './n' is not defined by \"exports\" in ROOT/node_modules/ex/package.json imported from ROOT/main.js",
    ),
    (
        "ex/p/x",
        "Cannot find module 'ROOT/node_modules/ex/p/x.js' imported from ROOT/main.js",
    ),
    (
        "bad",
        "Invalid package config ROOT/node_modules/bad/package.json while importing \"bad\" from ROOT/main.js.",
    ),
    (
        "impt",
        "Invalid package config ROOT/node_modules/impt/package.json while importing file://ROOT/main.js. \"exports\" cannot contain numeric property keys.",
    ),
    (
        "nomain",
        "Cannot find package 'ROOT/node_modules/nomain/nope.js' imported from ROOT/main.js",
    ),
    (
        "#exn",
        "Cannot find package 'nope' imported from ROOT/package.json",
    ),
    ("#fs", "node:fs"),
    ("fs", "node:fs"),
    ("node:fs", "node:fs"),
    ("node:nope", "No such built-in module: node:nope"),
    ("data:text/javascript,1", "data:text/javascript,1"),
    (
        "http://x/y",
        "Only URLs with a scheme in: file and data are supported by the default ESM loader. Received protocol 'http:'",
    ),
    (
        "foo:bar",
        "Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. Received protocol 'foo:'",
    ),
    (
        "%",
        "Invalid module \"%\" is not a valid package name imported from ROOT/main.js",
    ),
    (
        "./a%2fb",
        "Invalid module \"ROOT/a%2fb\" must not include encoded \"/\" or \"\\\" characters imported from ROOT/main.js",
    ),
    (
        "file://host/x",
        "File URL host must be \"localhost\" or empty on linux",
    ),
];

/// A directory that goes away with the test.
struct Tree(PathBuf);

impl Tree {
    fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let root =
            std::env::temp_dir().join(format!("ouro-resolve-{}-{count}", std::process::id()));
        for (path, text) in FILES {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(std::fs::canonicalize(root).unwrap())
    }

    fn path(&self, below: &str) -> String {
        paths::text(&self.0.join(below))
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn resolver() -> Resolver {
    Resolver::new(ResolveOptions {
        is_builtin: |name| matches!(name, "fs" | "node:fs" | "node:test"),
        ..ResolveOptions::default()
    })
}

fn extensions() -> Vec<String> {
    [".js", ".json", ".node"].map(str::to_owned).to_vec()
}

#[cfg(target_os = "linux")]
#[test]
fn require_finds_what_node_finds() {
    let tree = Tree::new();
    let resolver = resolver();
    let root = paths::text(&tree.0);
    let own_paths = node_module_paths(&tree.0);
    for (request, expected) in REQUIRE {
        let found = resolver.resolve_commonjs(&CommonJsRequest {
            request,
            parent: CommonJsParent {
                filename: Some(&tree.path("main.js")),
                paths: &own_paths,
            },
            is_main: false,
            extensions: &extensions(),
            current_directory: &tree.0,
            paths: None,
        });
        let found = match found {
            Ok(Some(path)) => paths::text(&path),
            Ok(None) => "-".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(
            found,
            expected.replace("ROOT", &root),
            "require({request:?})"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn import_finds_what_node_finds() {
    let tree = Tree::new();
    let resolver = resolver();
    let root = paths::text(&tree.0);
    let base = paths::to_file_url(&tree.0.join("main.js"));
    for (specifier, expected) in IMPORT {
        let found = match resolver.resolve_esm(specifier, &base) {
            Ok(target) => target.href(),
            Err(error) => error.to_string(),
        };
        assert_eq!(
            found,
            expected.replace("ROOT", &root),
            "import {specifier:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn follows_links_unless_told_otherwise() {
    let tree = Tree::new();
    std::os::unix::fs::symlink(tree.0.join("dir"), tree.0.join("link")).unwrap();
    for (preserve, expected) in [(false, "dir/index.js"), (true, "link/index.js")] {
        let mut resolver = resolver();
        resolver.options.preserve_symlinks = preserve;
        let found = resolver
            .find_path("./link", &[tree.path("")], false, &extensions(), &tree.0)
            .unwrap();
        assert_eq!(found.unwrap(), tree.0.join(expected));
    }
}

#[test]
fn deprecated_packages_warn() {
    let tree = Tree::new();
    let resolver = resolver();
    let own_paths = node_module_paths(&tree.0);
    let _ = resolver.find_path("ex/p/a//b", &own_paths, false, &extensions(), &tree.0);
    let _ = resolver.find_path("ex/p/", &own_paths, false, &extensions(), &tree.0);
    let codes: Vec<_> = resolver
        .take_warnings()
        .into_iter()
        .map(|warning| warning.code)
        .collect();
    assert_eq!(codes, ["DEP0166", "DEP0155"]);
    assert!(resolver.take_warnings().is_empty());
}

#[cfg(unix)]
#[test]
fn node_modules_are_looked_for_upwards() {
    assert_eq!(
        node_module_paths(Path::new("/a/node_modules/b/c/../c")),
        [
            "/a/node_modules/b/c/node_modules",
            "/a/node_modules/b/node_modules",
            "/a/node_modules",
            "/node_modules"
        ]
    );
}
