//! What kind of module a file is, from its extension and its package's `type`.

use std::path::Path;

use super::error::ResolveError;
use super::package_json::{PackageCache, PackageType};
use super::paths;

/// The kind of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CommonJS for certain: `.cjs`, or `.js` in a package that says so.
    CommonJs,
    /// An ES module for certain.
    Module,
    /// `.js` (or no extension) in a package that doesn't say: CommonJS, unless only ES module syntax makes it parse.
    Detect,
    /// `.json`
    Json,
    /// `.node`
    Addon,
    /// `.wasm`
    Wasm,
    /// `.cts`, or `.ts` in a CommonJS package.
    CommonJsTypeScript,
    /// `.mts`, or `.ts` in a module package.
    ModuleTypeScript,
    /// `.ts` in a package that doesn't say.
    DetectTypeScript,
}

/// The format that `import` sees in the file at `path`.
///
/// # Errors
/// An extension that says nothing, or a broken package.json above the file.
pub fn of_file(path: &Path, packages: &PackageCache) -> Result<Format, ResolveError> {
    let package_type = || {
        Ok(packages
            .scope_of(path)?
            .map_or(PackageType::None, |package| package.package_type))
    };
    Ok(match extension(path) {
        ".mjs" => Format::Module,
        ".cjs" => Format::CommonJs,
        ".json" => Format::Json,
        ".node" => Format::Addon,
        ".wasm" => Format::Wasm,
        ".mts" => Format::ModuleTypeScript,
        ".cts" => Format::CommonJsTypeScript,
        ".ts" => match package_type()? {
            PackageType::Module => Format::ModuleTypeScript,
            PackageType::CommonJs => Format::CommonJsTypeScript,
            PackageType::None => Format::DetectTypeScript,
        },
        ".js" | "" => match package_type()? {
            PackageType::Module => Format::Module,
            PackageType::CommonJs => Format::CommonJs,
            PackageType::None => Format::Detect,
        },
        extension => {
            return Err(ResolveError::UnknownExtension {
                extension: extension.to_owned(),
                path: paths::text(path),
            });
        }
    })
}

/// The format of a data: URL's media type; `None` where it isn't a module's.
#[must_use]
pub fn of_media_type(media_type: &str) -> Option<Format> {
    match media_type.to_ascii_lowercase().as_str() {
        "text/javascript" | "application/javascript" => Some(Format::Module),
        "application/json" => Some(Format::Json),
        "application/wasm" => Some(Format::Wasm),
        _ => None,
    }
}

/// The extension with its dot, as `path.extname` gives it.
#[must_use]
pub fn extension(path: &Path) -> &str {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("");
    match name.rfind('.') {
        Some(dot) if dot > 0 => &name[dot..],
        _ => "",
    }
}
