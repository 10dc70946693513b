//! Reading package.json: the fields that matter for loading, found upwards from a file, remembered for the life of a
//! runtime. As in Node only files that exist are remembered: a package installed while the program runs is found.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::error::ResolveError;
use super::paths;

/// The `type` of a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PackageType {
    /// Not said, or not one of the two.
    #[default]
    None,
    /// `"commonjs"`
    CommonJs,
    /// `"module"`
    Module,
}

/// What a package says about itself.
#[derive(Debug, Default)]
pub struct PackageJson {
    /// Path of the file.
    pub path: PathBuf,
    /// `name`, if it is a string.
    pub name: Option<String>,
    /// `main`, if it is a string.
    pub main: Option<String>,
    /// `type`.
    pub package_type: PackageType,
    /// `exports`, if it is an object, an array or a string.
    pub exports: Option<Value>,
    /// `imports`, if it is an object.
    pub imports: Option<Value>,
}

impl PackageJson {
    /// Parses the text of the file at `path`; `None` where it isn't a JSON object.
    #[must_use]
    pub fn parse(path: PathBuf, text: &[u8]) -> Option<Self> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let Value::Object(mut fields) = serde_json::from_slice(text).ok()? else {
            return None;
        };
        let mut take_string = |name: &str| match fields.remove(name) {
            Some(Value::String(value)) => Some(value),
            _ => None,
        };
        let (name, main) = (take_string("name"), take_string("main"));
        let package_type = match take_string("type").as_deref() {
            Some("module") => PackageType::Module,
            Some("commonjs") => PackageType::CommonJs,
            _ => PackageType::None,
        };
        let exports = fields
            .remove("exports")
            .filter(|value| value.is_object() || value.is_array() || value.is_string());
        let imports = fields.remove("imports").filter(Value::is_object);
        Some(Self {
            path,
            name,
            main,
            package_type,
            exports,
            imports,
        })
    }

    /// The directory of the package.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }
}

/// The package.json files that a runtime has read.
#[derive(Debug, Default)]
pub struct PackageCache {
    read: RefCell<FxHashMap<PathBuf, Rc<PackageJson>>>,
}

impl PackageCache {
    /// The package.json in `directory`, if there is one.
    ///
    /// # Errors
    /// [`ResolveError::InvalidPackageConfig`] where it isn't a JSON object.
    pub fn in_directory(&self, directory: &Path) -> Result<Option<Rc<PackageJson>>, ResolveError> {
        let path = directory.join("package.json");
        if let Some(known) = self.read.borrow().get(&path) {
            return Ok(Some(known.clone()));
        }
        let Ok(text) = std::fs::read(&path) else {
            return Ok(None);
        };
        let Some(package) = PackageJson::parse(path.clone(), &text) else {
            return Err(ResolveError::InvalidPackageConfig {
                path: paths::text(&path),
                base: None,
                reason: None,
            });
        };
        let package = Rc::new(package);
        self.read.borrow_mut().insert(path, package.clone());
        Ok(Some(package))
    }

    /// The package that the file at `path` belongs to: the nearest package.json above it, never past a `node_modules`.
    ///
    /// # Errors
    /// As [`Self::in_directory`].
    pub fn scope_of(&self, path: &Path) -> Result<Option<Rc<PackageJson>>, ResolveError> {
        for directory in path.ancestors().skip(1) {
            if directory
                .file_name()
                .is_some_and(|name| name == "node_modules")
            {
                return Ok(None);
            }
            if let Some(package) = self.in_directory(directory)? {
                return Ok(Some(package));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_fields_of_the_right_kind() {
        let parse =
            |text: &str| PackageJson::parse(PathBuf::from("/p/package.json"), text.as_bytes());
        assert!(parse("{bad").is_none());
        assert!(parse("[]").is_none());
        let package = parse(
            "\u{feff}{\"name\":1,\"main\":\"m\",\"type\":\"odd\",\"exports\":null,\"imports\":[]}",
        )
        .unwrap();
        assert_eq!(package.name, None);
        assert_eq!(package.main.as_deref(), Some("m"));
        assert_eq!(package.package_type, PackageType::None);
        assert!(package.exports.is_none() && package.imports.is_none());
        assert_eq!(package.directory(), Path::new("/p"));
        let package = parse(r#"{"type":"module","exports":{"b":"./b","a":"./a"}}"#).unwrap();
        assert_eq!(package.package_type, PackageType::Module);
        let keys: Vec<_> = package
            .exports
            .as_ref()
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(keys, ["b", "a"], "conditions keep their order");
    }
}
