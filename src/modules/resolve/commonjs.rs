//! `require.resolve`: the algorithm of <https://nodejs.org/api/modules.html#all-together>.

use std::path::{Path, PathBuf};

use super::super::error::ResolveError;
use super::super::package_json::PackageJson;
use super::super::paths::{self, join};
use super::{FileKind, FileSystem, Resolver};

/// The module that calls `require`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CommonJsParent<'a> {
    /// `module.filename`; none in the REPL and for `-e`.
    pub filename: Option<&'a str>,
    /// `module.paths`
    pub paths: &'a [String],
}

/// One `require`, built-ins already dealt with.
#[derive(Clone, Copy, Debug)]
pub struct CommonJsRequest<'a> {
    /// As it was written.
    pub request: &'a str,
    /// Who wrote it.
    pub parent: CommonJsParent<'a>,
    /// Whether it is the program's main script.
    pub is_main: bool,
    /// The keys of `Module._extensions`.
    pub extensions: &'a [String],
    /// The working directory, for a parent without a file.
    pub current_directory: &'a Path,
    /// The `paths` option of `require.resolve`.
    pub paths: Option<&'a [String]>,
}

impl Resolver {
    /// The file that `require` means; `None` where there isn't one.
    ///
    /// # Errors
    /// Whatever a package.json on the way has wrong.
    pub fn resolve_commonjs(
        &self,
        request: &CommonJsRequest<'_>,
    ) -> Result<Option<PathBuf>, ResolveError> {
        let lookup = match request.paths {
            Some(paths) => Some(self.paths_from_option(request, paths)),
            None => lookup_paths(
                request.request,
                &request.parent,
                &self.global_paths.borrow(),
            ),
        };
        if let Some(parent) = request.parent.filename
            && let Some(found) =
                self.resolve_from_own_package(request.request, Path::new(parent))?
        {
            return Ok(Some(found));
        }
        self.find_path(
            request.request,
            lookup.as_deref().unwrap_or_default(),
            request.is_main,
            request.extensions,
            request.current_directory,
        )
    }

    fn paths_from_option(&self, request: &CommonJsRequest<'_>, paths: &[String]) -> Vec<String> {
        if paths::is_relative(request.request) {
            return paths.to_vec();
        }
        let mut list = Vec::new();
        for path in paths {
            let own = node_module_paths(&join(request.current_directory, path));
            let parent = CommonJsParent {
                filename: None,
                paths: &own,
            };
            let lookup = lookup_paths(request.request, &parent, &self.global_paths.borrow());
            for path in lookup.unwrap_or_default() {
                if !list.contains(&path) {
                    list.push(path);
                }
            }
        }
        list
    }

    /// `#…` through the `imports` of the parent's package, or the package's own name through its `exports`.
    fn resolve_from_own_package(
        &self,
        request: &str,
        parent: &Path,
    ) -> Result<Option<PathBuf>, ResolveError> {
        if paths::is_relative(request) || Path::new(request).is_absolute() {
            return Ok(None);
        }
        let Some(package) = self.packages.scope_of(parent)? else {
            return Ok(None);
        };
        if request.starts_with('#') {
            if package.imports.is_none() {
                return Ok(None);
            }
            let base = paths::to_file_url(parent);
            let target = match self.resolve_imports(request, &base, self.require_conditions()) {
                Err(error) if error.code() == "ERR_MODULE_NOT_FOUND" => {
                    return Err(ResolveError::TargetNotFound {
                        target: request.to_owned(),
                        path: None,
                    });
                }
                target => target?,
            };
            if target.scheme() == "node" {
                return Ok(Some(PathBuf::from(target.as_str())));
            }
            return self
                .finish_package_target(&target, Some(parent), &package.path)
                .map(Some);
        }
        let Some(subpath) = package
            .name
            .as_deref()
            .and_then(|name| subpath_of(request, name))
        else {
            return Ok(None);
        };
        if package.exports.is_none() {
            return Ok(None);
        }
        let base = paths::to_file_url(parent);
        let target =
            self.resolve_exports(&package, &subpath, Some(&base), self.require_conditions());
        self.finish_exports(
            target,
            request,
            Some(parent),
            &package,
            package.path.clone(),
        )
    }

    /// `Module._findPath`: looks for `request` in each of `lookup`, the first that has it wins.
    ///
    /// # Errors
    /// Whatever a package.json on the way has wrong.
    pub fn find_path(
        &self,
        request: &str,
        lookup: &[String],
        is_main: bool,
        extensions: &[String],
        current_directory: &Path,
    ) -> Result<Option<PathBuf>, ResolveError> {
        let absolute = Path::new(request).is_absolute();
        let nowhere = [String::new()];
        let lookup = if absolute { &nowhere } else { lookup };
        if lookup.is_empty() || request.contains('\0') {
            return Ok(None);
        }
        let key = format!("{request}\0{}", lookup.join("\0"));
        if let Some(known) = self.found.borrow().get(&key) {
            return Ok(Some(known.clone()));
        }
        let is_inside = !paths::is_relative(request) || !climbs_out(request);
        for directory in lookup {
            let directory = join(current_directory, directory);
            if !absolute && is_inside && self.files.kind(&directory) != FileKind::Directory {
                continue;
            }
            let found = match self.find_exports(&directory, request, absolute)? {
                Some(found) => Some(found),
                None => self.find_file(&directory, request, is_main, extensions)?,
            };
            if let Some(found) = found {
                self.found.borrow_mut().insert(key, found.clone());
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Forgets what `require` found (`Module._pathCache` was touched).
    pub fn forget_found(&self) {
        self.found.borrow_mut().clear();
    }

    fn find_file(
        &self,
        directory: &Path,
        request: &str,
        is_main: bool,
        extensions: &[String],
    ) -> Result<Option<PathBuf>, ResolveError> {
        let base = join(directory, request);
        let kind = self.files.kind(&base);
        if !paths::names_directory(request) {
            if kind == FileKind::File {
                return Ok(Some(self.real(base, is_main)));
            }
            if let Some(found) = self.try_extensions(&base, extensions, is_main) {
                return Ok(Some(found));
            }
        }
        if kind == FileKind::Directory {
            return self.try_package(&base, request, extensions, is_main);
        }
        Ok(None)
    }

    /// A directory: `main` of its package.json, or its index.
    fn try_package(
        &self,
        directory: &Path,
        request: &str,
        extensions: &[String],
        is_main: bool,
    ) -> Result<Option<PathBuf>, ResolveError> {
        let index = || self.try_extensions(&directory.join("index"), extensions, is_main);
        let package = self.packages.in_directory(directory)?;
        let Some((package, main)) = package.as_ref().and_then(|package| {
            Some((
                package,
                package.main.as_deref().filter(|main| !main.is_empty())?,
            ))
        }) else {
            return Ok(index());
        };
        let file = join(directory, main);
        let found = self
            .try_file(&file, is_main)
            .or_else(|| self.try_extensions(&file, extensions, is_main))
            .or_else(|| self.try_extensions(&file.join("index"), extensions, is_main));
        if found.is_some() {
            return Ok(found);
        }
        let json = paths::text(&package.path);
        let Some(found) = index() else {
            return Err(ResolveError::MainNotFound {
                main: paths::text(&file),
                path: json,
                request: request.to_owned(),
            });
        };
        self.warn(
            "DEP0128",
            format!(
                "Invalid 'main' field in '{json}' of '{main}'. Please either fix that or report it to the module author"
            ),
        );
        Ok(Some(found))
    }

    fn try_file(&self, path: &Path, is_main: bool) -> Option<PathBuf> {
        (self.files.kind(path) == FileKind::File).then(|| self.real(path.to_owned(), is_main))
    }

    fn try_extensions(&self, path: &Path, extensions: &[String], is_main: bool) -> Option<PathBuf> {
        extensions.iter().find_map(|extension| {
            let mut name = path.as_os_str().to_owned();
            name.push(extension);
            self.try_file(Path::new(&name), is_main)
        })
    }

    fn real(&self, path: PathBuf, is_main: bool) -> PathBuf {
        let preserve = if is_main {
            self.options.preserve_symlinks_main
        } else {
            self.options.preserve_symlinks
        };
        if preserve {
            path
        } else {
            FileSystem::real_path(&path)
        }
    }

    /// The `exports` of the package that `request` names, in one `node_modules` directory.
    fn find_exports(
        &self,
        directory: &Path,
        request: &str,
        absolute: bool,
    ) -> Result<Option<PathBuf>, ResolveError> {
        let Some((name, subpath)) = split_bare(request).filter(|_| !absolute) else {
            return Ok(None);
        };
        let root = join(directory, name);
        let Some(package) = self.packages.in_directory(&root)? else {
            return Ok(None);
        };
        if package.exports.is_none() {
            return Ok(None);
        }
        let target = self.resolve_exports(
            &package,
            &format!(".{subpath}"),
            None,
            self.require_conditions(),
        );
        self.finish_exports(target, request, None, &package, root)
    }

    fn finish_exports(
        &self,
        target: Result<url::Url, ResolveError>,
        request: &str,
        parent: Option<&Path>,
        package: &PackageJson,
        named: PathBuf,
    ) -> Result<Option<PathBuf>, ResolveError> {
        match target {
            Ok(target) => self
                .finish_package_target(&target, parent, &named)
                .map(Some),
            Err(error) if error.code() == "ERR_MODULE_NOT_FOUND" => {
                Err(ResolveError::TargetNotFound {
                    target: request.to_owned(),
                    path: Some(paths::text(&package.path)),
                })
            }
            Err(error) => Err(error),
        }
    }

    fn finish_package_target(
        &self,
        target: &url::Url,
        parent: Option<&Path>,
        named: &Path,
    ) -> Result<PathBuf, ResolveError> {
        super::esm::refuse_encoded_separators(
            target.as_str(),
            target.as_str(),
            parent.map(paths::text),
        )?;
        let file = paths::from_file_url(target)?;
        self.try_file(&file, false)
            .ok_or_else(|| ResolveError::TargetNotFound {
                target: paths::text(&file),
                path: Some(paths::text(named)),
            })
    }
}

/// `Module._resolveLookupPaths`: the directories to search for `request`.
#[must_use]
pub fn lookup_paths(
    request: &str,
    parent: &CommonJsParent<'_>,
    global_paths: &[String],
) -> Option<Vec<String>> {
    let is_bare = match request.as_bytes() {
        [b'.'] | [b'.', b'.' | b'/', ..] => false,
        [b'.', b'\\', ..] => !cfg!(windows),
        _ => true,
    };
    if is_bare {
        let list: Vec<String> = parent.paths.iter().chain(global_paths).cloned().collect();
        return (!list.is_empty()).then_some(list);
    }
    let directory = match parent.filename {
        Some(filename) => Path::new(filename).parent().unwrap_or(Path::new(filename)),
        None => Path::new("."),
    };
    Some(vec![paths::text(directory)])
}

/// `Module._nodeModulePaths`: the `node_modules` directories above an absolute path, nearest first.
#[must_use]
pub fn node_module_paths(from: &Path) -> Vec<String> {
    paths::normalize(from)
        .ancestors()
        .filter(|directory| {
            directory
                .file_name()
                .is_none_or(|name| name != "node_modules")
        })
        .map(|directory| paths::text(&directory.join("node_modules")))
        .collect()
}

/// Splits a bare request in package and `/rest`; `None` where it can't name a package.
fn split_bare(request: &str) -> Option<(&str, &str)> {
    let name_end = |from: usize| {
        request[from..]
            .find('/')
            .map_or(request.len(), |at| from + at)
    };
    let scope = if request.starts_with('@') {
        name_end(0) + 1
    } else {
        0
    };
    let end = name_end(scope.min(request.len()));
    let (name, rest) = request.split_at(end);
    let is_part = |part: &str| !part.is_empty() && !part.contains(['\\', '%']);
    let valid = match name.split_once('/') {
        Some((at_scope, own)) => {
            at_scope.len() > 1 && is_part(at_scope) && is_part(own) && !own.starts_with('.')
        }
        None => is_part(name) && !name.starts_with('.'),
    };
    valid.then_some((name, rest))
}

/// `.` or `./rest` where `request` is the package `name` or something in it.
fn subpath_of(request: &str, name: &str) -> Option<String> {
    let rest = request.strip_prefix(name)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| format!(".{rest}"))
}

/// Whether a relative request ends up above the directory it starts from.
fn climbs_out(request: &str) -> bool {
    let mut depth = 0i32;
    for part in request.split('/') {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return true;
        }
    }
    false
}
