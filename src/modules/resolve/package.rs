//! The maps `exports` and `imports` of package.json: which file a subpath or a `#name` stands for.

use serde_json::{Map, Value};
use url::Url;

use super::super::error::{Field, ResolveError};
use super::super::package_json::PackageJson;
use super::super::paths;
use super::{Conditions, Resolver};

/// What a target in the map gives.
enum Outcome {
    Found(Url),
    /// No condition matches: the next alternative counts.
    Undefined,
    /// `null`: excluded.
    Excluded,
}

/// The entry of the map under consideration.
struct Entry<'a> {
    package: &'a PackageJson,
    field: Field,
    /// The key in the map, or the specifier.
    key: &'a str,
    /// What stands for `*`, for a pattern.
    star: Option<&'a str>,
    /// The importing module.
    base: Option<&'a Url>,
    conditions: Conditions<'a>,
}

impl Resolver {
    /// The file that `subpath` (`.` or `./…`) of a package with `exports` means. It needn't exist.
    pub(super) fn resolve_exports(
        &self,
        package: &PackageJson,
        subpath: &str,
        base: Option<&Url>,
        conditions: Conditions<'_>,
    ) -> Result<Url, ResolveError> {
        let exports = package.exports.as_ref().unwrap_or(&Value::Null);
        let sugar;
        let map = match exports {
            Value::Object(map) if !is_condition_map(map, package, base)? => map,
            main => {
                sugar = Map::from_iter([(".".to_owned(), main.clone())]);
                &sugar
            }
        };
        let found = self.look_up(map, subpath, package, Field::Exports, base, conditions)?;
        found.ok_or_else(|| ResolveError::PathNotExported {
            package_json: paths::text(&package.path),
            subpath: subpath.to_owned(),
            base: base.map(paths::display_url),
        })
    }

    /// The URL that `#name` means in the package of the module at `base`. The file needn't exist.
    pub(super) fn resolve_imports(
        &self,
        name: &str,
        base: &Url,
        conditions: Conditions<'_>,
    ) -> Result<Url, ResolveError> {
        if name == "#" || name.starts_with("#/") || name.ends_with('/') {
            return Err(ResolveError::InvalidSpecifier {
                specifier: name.to_owned(),
                reason: "is not a valid internal imports specifier name".to_owned(),
                base: Some(paths::display_url(base)),
            });
        }
        let package = self.packages.scope_of(&paths::from_file_url(base)?)?;
        if let Some(package) = &package
            && let Some(Value::Object(map)) = &package.imports
            && let Some(found) =
                self.look_up(map, name, package, Field::Imports, Some(base), conditions)?
        {
            return Ok(found);
        }
        Err(ResolveError::ImportNotDefined {
            specifier: name.to_owned(),
            package_json: package.map(|package| paths::text(&package.path)),
            base: Some(paths::display_url(base)),
        })
    }

    /// An exact key, or else the pattern that fits best.
    fn look_up(
        &self,
        map: &Map<String, Value>,
        request: &str,
        package: &PackageJson,
        field: Field,
        base: Option<&Url>,
        conditions: Conditions<'_>,
    ) -> Result<Option<Url>, ResolveError> {
        let is_plain = !request.contains('*') && !request.ends_with('/');
        let (key, star, target) = match map.get(request).filter(|_| is_plain) {
            Some(target) => (request, None, target),
            None => match self.best_pattern(map, request, package, field, base) {
                Some((key, star)) => (key, Some(star), &map[key]),
                None => return Ok(None),
            },
        };
        let entry = Entry {
            package,
            field,
            key,
            star,
            base,
            conditions,
        };
        match self.target(&entry, target, false)? {
            Outcome::Found(url) => Ok(Some(url)),
            Outcome::Undefined | Outcome::Excluded => Ok(None),
        }
    }

    /// The most specific key with a `*` that fits, and what the `*` stands for.
    fn best_pattern<'a>(
        &self,
        map: &'a Map<String, Value>,
        request: &'a str,
        package: &PackageJson,
        field: Field,
        base: Option<&Url>,
    ) -> Option<(&'a str, &'a str)> {
        let mut best: Option<(&str, &str)> = None;
        for key in map.keys() {
            let Some((head, tail)) = key.split_once('*') else {
                continue;
            };
            if !request.starts_with(head) {
                continue;
            }
            if field == Field::Exports && request.ends_with('/') {
                self.warn_of_trailing_slash(request, package, base);
            }
            let fits = request.len() >= key.len() && request.ends_with(tail) && !tail.contains('*');
            if fits && best.is_none_or(|(known, _)| is_more_specific(key, known)) {
                best = Some((key, &request[head.len()..request.len() - tail.len()]));
            }
        }
        best
    }

    fn target(
        &self,
        entry: &Entry<'_>,
        target: &Value,
        in_list: bool,
    ) -> Result<Outcome, ResolveError> {
        match target {
            Value::String(path) => self.path_target(entry, path, in_list).map(Outcome::Found),
            Value::Array(list) => self.list_target(entry, list),
            Value::Object(map) => {
                if map.keys().any(|key| is_array_index(key)) {
                    return Err(ResolveError::InvalidPackageConfig {
                        path: paths::text(&entry.package.path),
                        base: entry.base.map(ToString::to_string),
                        reason: Some(
                            "\"exports\" cannot contain numeric property keys.".to_owned(),
                        ),
                    });
                }
                for (condition, target) in map {
                    if !entry.conditions.has(condition) {
                        continue;
                    }
                    match self.target(entry, target, in_list)? {
                        Outcome::Undefined => {}
                        outcome => return Ok(outcome),
                    }
                }
                Ok(Outcome::Undefined)
            }
            Value::Null => Ok(Outcome::Excluded),
            other => Err(entry.invalid_target(&other.to_string())),
        }
    }

    /// The first of several targets that is well formed.
    fn list_target(&self, entry: &Entry<'_>, list: &[Value]) -> Result<Outcome, ResolveError> {
        let mut last = Ok(Outcome::Excluded);
        for target in list {
            match self.target(entry, target, true) {
                Ok(Outcome::Undefined) => {}
                Ok(Outcome::Excluded) => last = Ok(Outcome::Excluded),
                Err(error @ ResolveError::InvalidTarget { .. }) => last = Err(error),
                outcome => return outcome,
            }
        }
        last
    }

    fn path_target(
        &self,
        entry: &Entry<'_>,
        target: &str,
        in_list: bool,
    ) -> Result<Url, ResolveError> {
        let star = entry.star.unwrap_or("");
        let Some(relative) = target.strip_prefix("./") else {
            let names_package = entry.field == Field::Imports
                && !target.starts_with("../")
                && !target.starts_with('/')
                && (Url::parse(target).is_err() || (self.options.is_builtin)(target));
            if !names_package {
                return Err(entry.invalid_target(target));
            }
            let specifier = target.replace('*', star);
            return self.resolve_bare(
                &specifier,
                &paths::to_file_url(&entry.package.path),
                entry.conditions,
            );
        };
        match worst_segment(relative) {
            Segment::Forbidden => return Err(entry.invalid_target(target)),
            Segment::Empty if !in_list => self.warn_of_double_slash(entry, target, true),
            Segment::Empty | Segment::Plain => {}
        }
        let directory = paths::to_file_url(&entry.package.directory().join("package.json"));
        let resolved = directory
            .join(target)
            .map_err(|_| entry.invalid_target(target))?;
        let inside = directory
            .join(".")
            .map_err(|_| entry.invalid_target(target))?;
        if !resolved.path().starts_with(inside.path()) {
            return Err(entry.invalid_target(target));
        }
        if star.is_empty() {
            return Ok(resolved);
        }
        match worst_segment(star) {
            Segment::Forbidden => return Err(entry.invalid_subpath(star)),
            Segment::Empty if !in_list => self.warn_of_double_slash(entry, target, false),
            Segment::Empty | Segment::Plain => {}
        }
        Url::parse(&resolved.as_str().replace('*', star)).map_err(|_| entry.invalid_subpath(star))
    }

    /// `in_target`: whether the target is to blame, and not what stands for its `*`.
    fn warn_of_double_slash(&self, entry: &Entry<'_>, target: &str, in_target: bool) {
        let star = entry.star.unwrap_or("");
        let request = entry.key.replacen('*', star, 1);
        let target = target.replace('*', star);
        let blamed = if in_target { &target } else { &request };
        let doubled = if blamed.contains("//") || blamed.contains("\\\\") {
            "double slash"
        } else {
            "leading or trailing slash matching"
        };
        let field = if entry.field == Field::Imports {
            "imports"
        } else {
            "exports"
        };
        let from = entry
            .base
            .map(|base| format!(" imported from {}", paths::display_url(base)))
            .unwrap_or_default();
        self.warn(
            "DEP0166",
            format!(
                "Use of deprecated {doubled} resolving \"{}\" for module request \"{request}\"{} in the \"{field}\" field module resolution of the package at {}{from}.",
                target,
                if request == entry.key { String::new() } else { format!(" matched to \"{}\"", entry.key) },
                paths::text(&entry.package.path),
            ),
        );
    }

    fn warn_of_trailing_slash(&self, request: &str, package: &PackageJson, base: Option<&Url>) {
        let from = base
            .map(|base| format!(" imported from {}", paths::display_url(base)))
            .unwrap_or_default();
        self.warn(
            "DEP0155",
            format!(
                "Use of deprecated trailing slash pattern mapping \"{request}\" in the \"exports\" field module resolution of the package at {}{from}. Mapping specifiers ending in \"/\" is no longer supported.",
                paths::text(&package.path),
            ),
        );
    }
}

impl Entry<'_> {
    fn invalid_target(&self, target: &str) -> ResolveError {
        ResolveError::InvalidTarget {
            package_json: paths::text(&self.package.path),
            key: self.key.to_owned(),
            target: Value::from(target).to_string(),
            is_string: true,
            field: self.field,
            base: self.base.map(paths::display_url),
        }
    }

    fn invalid_subpath(&self, star: &str) -> ResolveError {
        let field = if self.field == Field::Imports {
            "imports"
        } else {
            "exports"
        };
        ResolveError::InvalidSpecifier {
            specifier: self.key.replacen('*', star, 1),
            reason: format!(
                "request is not a valid match in pattern \"{}\" for the \"{field}\" resolution of {}",
                self.key,
                paths::text(&self.package.path)
            ),
            base: self.base.map(paths::display_url),
        }
    }
}

/// Whether the keys of `exports` are conditions for the package itself rather than subpaths.
fn is_condition_map(
    map: &Map<String, Value>,
    package: &PackageJson,
    base: Option<&Url>,
) -> Result<bool, ResolveError> {
    let is_condition = |key: &String| key.is_empty() || !key.starts_with('.');
    let Some(first) = map.keys().next().map(is_condition) else {
        return Ok(false);
    };
    if map.keys().all(|key| is_condition(key) == first) {
        return Ok(first);
    }
    Err(ResolveError::InvalidPackageConfig {
        path: paths::text(&package.path),
        base: base.map(ToString::to_string),
        reason: Some(
            "\"exports\" cannot contain some keys starting with '.' and some not. The exports object must either \
             be an object of package subpath keys or an object of main entry condition name keys only."
                .to_owned(),
        ),
    })
}

/// Node's order of patterns: the longer part before the `*` first, then the longer key.
fn is_more_specific(key: &str, other: &str) -> bool {
    let head = |key: &str| key.find('*').map_or(key.len(), |at| at + 1);
    (head(key), key.len()) > (head(other), other.len())
}

fn is_array_index(key: &str) -> bool {
    key.parse::<u32>()
        .is_ok_and(|index| index.to_string() == key && index != u32::MAX)
}

/// What the segments of a path hold, the worst first.
enum Segment {
    /// `.`, `..` or `node_modules`, escaped or not.
    Forbidden,
    /// Nothing: a double slash, or one at an end.
    Empty,
    Plain,
}

fn worst_segment(path: &str) -> Segment {
    let mut worst = Segment::Plain;
    for segment in path.split(['/', '\\']) {
        if segment.is_empty() {
            worst = Segment::Empty;
            continue;
        }
        let decoded = percent_decode(segment).to_ascii_lowercase();
        if matches!(decoded.as_str(), "." | ".." | "node_modules") {
            return Segment::Forbidden;
        }
    }
    worst
}

/// `decodeURIComponent`, leniently.
fn percent_decode(text: &str) -> String {
    String::from_utf8_lossy(&percent_decode_bytes(text)).into_owned()
}

/// The bytes that percent-encoded text stands for.
#[must_use]
pub fn percent_decode_bytes(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text
            .get(at + 1..at + 3)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}
