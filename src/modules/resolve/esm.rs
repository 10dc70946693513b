//! `import.meta.resolve`: the algorithm of <https://nodejs.org/api/esm.html#resolution-algorithm-specification>.

use url::Url;

use super::super::error::ResolveError;
use super::super::package_json::PackageJson;
use super::super::paths::{self, display_url};
use super::{Conditions, FileKind, FileSystem, Resolver};

/// What a specifier in an ES module stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EsmTarget {
    /// A built-in module, without `node:`.
    Builtin(String),
    /// A `file:` or `data:` URL. A file exists.
    Url(Url),
}

impl EsmTarget {
    /// As `import.meta.resolve` shows it.
    #[must_use]
    pub fn href(&self) -> String {
        match self {
            Self::Builtin(name) => format!("node:{name}"),
            Self::Url(url) => url.as_str().to_owned(),
        }
    }
}

impl Resolver {
    /// What `specifier` means in the module at `base`.
    ///
    /// # Errors
    /// Everything that a [`ResolveError`] is about, except what `require` alone reports.
    pub fn resolve_esm(&self, specifier: &str, base: &Url) -> Result<EsmTarget, ResolveError> {
        let is_builtin = self.options.is_builtin;
        if let Some(name) = specifier.strip_prefix("node:") {
            if is_builtin(specifier) {
                return Ok(EsmTarget::Builtin(name.to_owned()));
            }
            return Err(ResolveError::UnknownBuiltin(specifier.to_owned()));
        }
        if is_builtin(specifier) {
            return Ok(EsmTarget::Builtin(specifier.to_owned()));
        }
        let resolved = self
            .resolve_to_url(specifier, base)
            .map_err(|error| self.with_hint(error, specifier, base))?;
        match resolved.scheme() {
            "file" => self
                .finish_file(resolved, base)
                .map(EsmTarget::Url)
                .map_err(|error| self.with_hint(error, specifier, base)),
            "data" => Ok(EsmTarget::Url(resolved)),
            "node" if is_builtin(resolved.as_str()) => {
                Ok(EsmTarget::Builtin(resolved.path().to_owned()))
            }
            "node" => Err(ResolveError::UnknownBuiltin(resolved.as_str().to_owned())),
            scheme => Err(ResolveError::UnsupportedScheme {
                protocol: format!("{scheme}:"),
            }),
        }
    }

    /// Adds to an error what `require` would have found.
    fn with_hint(&self, mut error: ResolveError, specifier: &str, base: &Url) -> ResolveError {
        if let ResolveError::ModuleNotFound { hint, .. }
        | ResolveError::PackageNotFound { hint, .. }
        | ResolveError::DirectoryImport { hint, .. } = &mut error
        {
            *hint = self.hint_for(specifier, base);
        }
        error
    }

    fn hint_for(&self, specifier: &str, base: &Url) -> Option<String> {
        // `require` takes paths, not their URLs.
        let path = Url::parse(specifier)
            .ok()
            .and_then(|url| paths::from_file_url(&url).ok())
            .map(|path| paths::text(&path));
        let specifier = path.as_deref().unwrap_or(specifier);
        let base = paths::from_file_url(base).ok()?;
        let directory = base.parent()?;
        let extensions = [".js", ".json", ".node"].map(str::to_owned);
        let lookup = if paths::is_relative(specifier) {
            vec![paths::text(directory)]
        } else {
            super::node_module_paths(directory)
        };
        let found = self
            .find_path(specifier, &lookup, false, &extensions, directory)
            .ok()??;
        let shown = if paths::is_relative(specifier) || specifier.starts_with('/') {
            let relative = paths::text(&paths::relative(directory, &found));
            if relative.starts_with("..") {
                relative
            } else {
                format!("./{relative}")
            }
        } else {
            let text = paths::text(&found);
            let (_, inside) = text.rsplit_once("node_modules/")?;
            inside.to_owned()
        };
        Some(shown.replace('\\', "/"))
    }

    fn resolve_to_url(&self, specifier: &str, base: &Url) -> Result<Url, ResolveError> {
        let unsupported = |reason| ResolveError::UnsupportedRequest {
            specifier: specifier.to_owned(),
            base: base.as_str().to_owned(),
            reason,
        };
        if is_path_like(specifier) {
            return base.join(specifier).map_err(|_| {
                unsupported("Invalid relative URL or base scheme is not hierarchical.")
            });
        }
        if specifier.starts_with('#') && base.scheme() == "file" {
            return self.resolve_imports(specifier, base, self.import_conditions());
        }
        if let Ok(url) = Url::parse(specifier) {
            return Ok(url);
        }
        if base.scheme() != "file" {
            return Err(unsupported(
                "Invalid relative URL or base scheme is not hierarchical.",
            ));
        }
        self.resolve_bare(specifier, base, self.import_conditions())
    }

    /// A package's name, perhaps with a path in it, looked for upwards from `base`.
    pub(super) fn resolve_bare(
        &self,
        specifier: &str,
        base: &Url,
        conditions: Conditions<'_>,
    ) -> Result<Url, ResolveError> {
        if (self.options.is_builtin)(specifier) {
            let href = format!("node:{}", specifier.trim_start_matches("node:"));
            return Url::parse(&href)
                .map_err(|_| ResolveError::UnknownBuiltin(specifier.to_owned()));
        }
        let (name, subpath) = split_specifier(specifier, base)?;
        let from = paths::from_file_url(base)?;
        if let Some(own) = self.packages.scope_of(&from)?
            && own.exports.is_some()
            && own.name.as_deref() == Some(name)
        {
            return self.resolve_exports(&own, &subpath, Some(base), conditions);
        }
        for directory in from.ancestors().skip(1) {
            if directory
                .file_name()
                .is_some_and(|name| name == "node_modules")
            {
                continue;
            }
            let root = paths::join(&directory.join("node_modules"), name);
            if self.files.kind(&root) != FileKind::Directory {
                continue;
            }
            let package = self
                .packages
                .in_directory(&root)
                .map_err(|error| while_importing(error, specifier, base))?;
            if let Some(package) = package
                .as_deref()
                .filter(|package| package.exports.is_some())
            {
                return self.resolve_exports(package, &subpath, Some(base), conditions);
            }
            if subpath == "." {
                return self.legacy_main(&root, package.as_deref(), base);
            }
            let json = paths::to_file_url(&root.join("package.json"));
            return json
                .join(&subpath)
                .map_err(|_| not_a_package(specifier, base));
        }
        Err(ResolveError::PackageNotFound {
            package: name.to_owned(),
            base: display_url(base),
            hint: None,
        })
    }

    /// The directory of the package that a bare specifier names, seen from the file `base`.
    #[must_use]
    pub fn package_directory(
        &self,
        specifier: &str,
        base: &std::path::Path,
    ) -> Option<std::path::PathBuf> {
        let (name, _) = split_specifier(specifier, &paths::to_file_url(base)).ok()?;
        base.ancestors()
            .skip(1)
            .map(|directory| paths::join(&directory.join("node_modules"), name))
            .find(|root| self.files.kind(&root.join("package.json")) == FileKind::File)
    }

    /// The main file of a package without `exports`.
    fn legacy_main(
        &self,
        root: &std::path::Path,
        package: Option<&PackageJson>,
        base: &Url,
    ) -> Result<Url, ResolveError> {
        let main = package.and_then(|package| package.main.as_deref());
        let from_main = main.into_iter().flat_map(|main| {
            [
                "",
                ".js",
                ".json",
                ".node",
                "/index.js",
                "/index.json",
                "/index.node",
            ]
            .into_iter()
            .map(move |end| format!("{main}{end}"))
        });
        let from_index = ["index.js", "index.json", "index.node"]
            .into_iter()
            .map(str::to_owned);
        for candidate in from_main.chain(from_index) {
            let file = paths::join(root, &candidate);
            if self.files.kind(&file) == FileKind::File {
                return Ok(paths::to_file_url(&file));
            }
        }
        Err(ResolveError::PackageNotFound {
            package: paths::text(&paths::join(root, main.unwrap_or("index.js"))),
            base: display_url(base),
            hint: None,
        })
    }

    /// A file must exist, not be a directory, and is known by its real path.
    fn finish_file(&self, resolved: Url, base: &Url) -> Result<Url, ResolveError> {
        refuse_encoded_separators(resolved.path(), resolved.path(), Some(display_url(base)))?;
        let path = paths::from_file_url(&resolved)?;
        let kind = if resolved.path().ends_with('/') {
            FileKind::Directory
        } else {
            self.files.kind(&path)
        };
        match kind {
            FileKind::Directory => {
                let mut shown = paths::text(&path);
                if resolved.path().ends_with('/') && !shown.ends_with('/') {
                    shown.push('/');
                }
                Err(ResolveError::DirectoryImport {
                    path: shown,
                    base: display_url(base),
                    url: resolved.as_str().to_owned(),
                    hint: None,
                })
            }
            FileKind::Missing => Err(ResolveError::ModuleNotFound {
                path: paths::text(&path),
                base: display_url(base),
                url: resolved.as_str().to_owned(),
                hint: None,
            }),
            FileKind::File if self.options.preserve_symlinks => Ok(resolved),
            FileKind::File => {
                let mut real = paths::to_file_url(&FileSystem::real_path(&path));
                real.set_query(resolved.query());
                real.set_fragment(resolved.fragment());
                Ok(real)
            }
        }
    }
}

/// `%2F` and `%5C` would let a URL mean one file and its path another.
pub(super) fn refuse_encoded_separators(
    text: &str,
    specifier: &str,
    base: Option<String>,
) -> Result<(), ResolveError> {
    let lower = text.to_ascii_lowercase();
    if !lower.contains("%2f") && !lower.contains("%5c") {
        return Ok(());
    }
    Err(ResolveError::InvalidSpecifier {
        specifier: specifier.to_owned(),
        reason: "must not include encoded \"/\" or \"\\\" characters".to_owned(),
        base,
    })
}

/// Splits a bare specifier in the package's name and `.` or `./rest`.
fn split_specifier<'a>(specifier: &'a str, base: &Url) -> Result<(&'a str, String), ResolveError> {
    let mut slash = specifier.find('/');
    let mut valid = true;
    if specifier.starts_with('@') {
        match slash {
            Some(at) => slash = specifier[at + 1..].find('/').map(|more| at + 1 + more),
            None => valid = false,
        }
    }
    let name = &specifier[..slash.unwrap_or(specifier.len())];
    if !valid || name.starts_with('.') || name.contains(['%', '\\']) {
        return Err(not_a_package(specifier, base));
    }
    Ok((name, format!(".{}", &specifier[name.len()..])))
}

fn not_a_package(specifier: &str, base: &Url) -> ResolveError {
    ResolveError::InvalidSpecifier {
        specifier: specifier.to_owned(),
        reason: "is not a valid package name".to_owned(),
        base: Some(display_url(base)),
    }
}

fn while_importing(error: ResolveError, specifier: &str, base: &Url) -> ResolveError {
    match error {
        ResolveError::InvalidPackageConfig {
            path,
            base: None,
            reason,
        } => ResolveError::InvalidPackageConfig {
            path,
            base: Some(format!("\"{specifier}\" from {}", display_url(base))),
            reason,
        },
        other => other,
    }
}

fn is_path_like(specifier: &str) -> bool {
    specifier.starts_with('/') || paths::is_relative(specifier)
}
