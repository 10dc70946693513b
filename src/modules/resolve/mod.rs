//! Node's resolution algorithms: from a specifier and the module that wrote it to a file, a URL or a built-in.
//!
//! `commonjs` is `require.resolve`, `esm` is `import.meta.resolve`; both share `package`, the maps in package.json.
//! Behaviour: <https://nodejs.org/api/modules.html#all-together>, <https://nodejs.org/api/esm.html#resolution-algorithm>.

mod commonjs;
mod esm;
mod package;
mod stat;

pub use commonjs::{CommonJsParent, CommonJsRequest, lookup_paths, node_module_paths};
pub use esm::EsmTarget;
pub use package::percent_decode_bytes;
pub use stat::{FileKind, FileSystem};

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::PathBuf;

use rustc_hash::FxHashMap;

use super::package_json::PackageCache;

/// Resolves specifiers for one runtime, and remembers what it read.
#[derive(Debug, Default)]
pub struct Resolver {
    /// What the command line and the environment say.
    pub options: ResolveOptions,
    /// The package.json files read so far.
    pub packages: PackageCache,
    /// The file system, with what it said during the present load.
    pub files: FileSystem,
    /// `NODE_PATH` and its fixed companions: where `require` looks last.
    pub global_paths: RefCell<Vec<String>>,
    /// `Module._pathCache`: what `require` found for a request in a list of directories.
    found: RefCell<FxHashMap<String, PathBuf>>,
    warnings: RefCell<Vec<Deprecation>>,
}

/// What the command line and the environment say about resolution.
#[derive(Debug)]
pub struct ResolveOptions {
    /// `--preserve-symlinks`
    pub preserve_symlinks: bool,
    /// `--preserve-symlinks-main`
    pub preserve_symlinks_main: bool,
    /// `--conditions`
    pub conditions: Vec<String>,
    /// Whether a specifier, as it is written, names a built-in module.
    pub is_builtin: fn(&str) -> bool,
}

impl Default for ResolveOptions {
    fn default() -> Self {
        Self {
            preserve_symlinks: false,
            preserve_symlinks_main: false,
            conditions: Vec::new(),
            is_builtin: |_| false,
        }
    }
}

/// A deprecated feature that a resolution met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deprecation {
    /// `DEP0…`
    pub code: &'static str,
    /// The text of the warning.
    pub message: String,
}

impl Resolver {
    /// A resolver with these options.
    #[must_use]
    pub fn new(options: ResolveOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// The conditions that `require` fulfils, beside `default`.
    fn require_conditions(&self) -> Conditions<'_> {
        Conditions {
            fixed: &["node", "require", "module-sync", "node-addons"],
            user: &self.options.conditions,
        }
    }

    /// The conditions that `import` fulfils, beside `default`.
    fn import_conditions(&self) -> Conditions<'_> {
        Conditions {
            fixed: &["node", "import", "module-sync", "node-addons"],
            user: &self.options.conditions,
        }
    }

    fn warn(&self, code: &'static str, message: String) {
        self.warnings
            .borrow_mut()
            .push(Deprecation { code, message });
    }

    /// The deprecated features met since the last call.
    pub fn take_warnings(&self) -> Vec<Deprecation> {
        std::mem::take(&mut self.warnings.borrow_mut())
    }

    /// `NODE_PATH` and the directories that Node adds to it: what `require` searches last.
    #[must_use]
    pub fn default_global_paths() -> Vec<String> {
        let home = std::env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
        Self::global_paths_of(std::env::var_os("NODE_PATH"), home)
    }

    /// The same for these values of the variables.
    #[must_use]
    pub fn global_paths_of(node_path: Option<OsString>, home: Option<OsString>) -> Vec<String> {
        let mut list: Vec<PathBuf> = node_path
            .map(|value| {
                std::env::split_paths(&value)
                    .filter(|path| !path.as_os_str().is_empty())
                    .collect()
            })
            .unwrap_or_default();
        if let Some(home) = home.filter(|home| !home.is_empty()).map(PathBuf::from) {
            list.push(home.join(".node_modules"));
            list.push(home.join(".node_libraries"));
        }
        if let Some(binaries) = std::env::current_exe()
            .ok()
            .as_deref()
            .and_then(std::path::Path::parent)
        {
            let prefix = if cfg!(windows) {
                Some(binaries)
            } else {
                binaries.parent()
            };
            list.extend(prefix.map(|prefix| prefix.join("lib").join("node")));
        }
        list.iter().map(|path| super::paths::text(path)).collect()
    }
}

/// A set of export conditions.
#[derive(Clone, Copy)]
struct Conditions<'a> {
    fixed: &'static [&'static str],
    user: &'a [String],
}

impl Conditions<'_> {
    fn has(&self, condition: &str) -> bool {
        condition == "default"
            || self.fixed.contains(&condition)
            || self.user.iter().any(|user| user == condition)
    }
}

#[cfg(test)]
mod tests;
