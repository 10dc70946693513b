//! Paths and file URLs as module resolution needs them: purely textual, the file system isn't asked.

use std::path::{Component, Path, PathBuf};

use url::Url;

use super::error::ResolveError;

/// Node's `process.platform`.
pub const PLATFORM: &str = if cfg!(target_os = "macos") {
    "darwin"
} else if cfg!(windows) {
    "win32"
} else {
    "linux"
};

/// `path.resolve(base, request)`, `base` being absolute: joined, with `.` and `..` worked out and no trailing slash.
#[must_use]
pub fn join(base: &Path, request: &str) -> PathBuf {
    normalize(&base.join(request))
}

/// Works out `.` and `..` of an absolute path and drops the trailing slash.
#[must_use]
pub fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::with_capacity(path.as_os_str().len());
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// `path.relative` for two absolute paths.
#[must_use]
pub fn relative(from: &Path, to: &Path) -> PathBuf {
    let common = from
        .components()
        .zip(to.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
}

/// A path as JavaScript sees it. What isn't Unicode is replaced, as Node does.
#[must_use]
pub fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Whether `request` is relative to the requiring file: `.`, `..`, `./…`, `../…`.
#[must_use]
pub fn is_relative(request: &str) -> bool {
    matches!(request, "." | "..")
        || starts_with_dots(request, "./")
        || starts_with_dots(request, "../")
}

fn starts_with_dots(request: &str, dots: &str) -> bool {
    request.starts_with(dots) || cfg!(windows) && request.starts_with(&dots.replace('/', "\\"))
}

/// Whether only a directory can be meant: it ends in `/`, `/.`, `/..`, or is `.` or `..`.
#[must_use]
pub fn names_directory(request: &str) -> bool {
    request.ends_with('/')
        || matches!(request.rsplit('/').next(), Some("." | ".."))
        || cfg!(windows) && request.ends_with('\\')
}

/// `url.pathToFileURL` for an absolute path, as text.
#[must_use]
pub fn to_file_url_text(path: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(path.len() + 8);
    out.push_str("file://");
    #[cfg(windows)]
    let path = &{
        let slashed = path.replace('\\', "/");
        match slashed.strip_prefix("//") {
            Some(unc) => unc.to_owned(),
            None => format!("/{slashed}"),
        }
    };
    for &byte in path.as_bytes() {
        match byte {
            0..=b' '
            | b'"'
            | b'#'
            | b'%'
            | b'<'
            | b'>'
            | b'?'
            | b'['..=b'^'
            | b'`'
            | b'{'..=b'~'
            | 0x7f..=0xff => {
                // Writing to a String can't fail.
                let _ = write!(out, "%{byte:02X}");
            }
            _ => out.push(char::from(byte)),
        }
    }
    out
}

/// `url.pathToFileURL` for an absolute path.
#[must_use]
pub fn to_file_url(path: &Path) -> Url {
    let text = to_file_url_text(&text(path));
    Url::parse(&text).expect("every byte that a URL doesn't take is escaped")
}

/// `url.fileURLToPath`.
///
/// # Errors
/// Where the URL has a host, or an escaped slash.
pub fn from_file_url(url: &Url) -> Result<PathBuf, ResolveError> {
    if !cfg!(windows)
        && url
            .host_str()
            .is_some_and(|host| !host.is_empty() && host != "localhost")
    {
        return Err(ResolveError::InvalidFileUrlHost {
            input: url.as_str().to_owned(),
        });
    }
    let path = url.path().to_ascii_lowercase();
    if path.contains("%2f") {
        return Err(ResolveError::InvalidFileUrlPath(
            "must not include encoded / characters",
        ));
    }
    if cfg!(windows) && path.contains("%5c") {
        return Err(ResolveError::InvalidFileUrlPath(
            "must not include encoded \\ or / characters",
        ));
    }
    url.to_file_path()
        .map_err(|()| ResolveError::InvalidFileUrlPath("must be absolute"))
}

/// What an error message calls the module at `url`: its path, or the URL where it has none.
#[must_use]
pub fn display_url(url: &Url) -> String {
    if url.scheme() == "file"
        && let Ok(path) = from_file_url(url)
    {
        return text(&path);
    }
    url.as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_like_path_resolve() {
        let cases = [
            ("/a/b", "./c", "/a/b/c"),
            ("/a/b", "../c/", "/a/c"),
            ("/a", "../../..", "/"),
            ("/a", "/x/./y//z/..", "/x/y"),
            ("/a", "b/..", "/a"),
        ];
        for (base, request, expected) in cases {
            assert_eq!(
                join(Path::new(base), request),
                Path::new(expected),
                "{base} {request}"
            );
        }
    }

    #[test]
    fn knows_relative_requests_and_directories() {
        for (request, relative, directory) in [
            (".", true, true),
            ("..", true, true),
            ("./", true, true),
            ("./a", true, false),
            ("../a/..", true, true),
            (".a", false, false),
            ("..a", false, false),
            ("a/", false, true),
            ("/a/.", false, true),
            ("a", false, false),
        ] {
            assert_eq!(is_relative(request), relative, "{request}");
            assert_eq!(names_directory(request), directory, "{request}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn file_urls_escape_what_node_escapes() {
        for (path, url) in [
            ("/a b", "file:///a%20b"),
            (
                "/%#?[]\\^|~`{}<>\"",
                "file:///%25%23%3F%5B%5D%5C%5E%7C%7E%60%7B%7D%3C%3E%22",
            ),
            ("/é\n", "file:///%C3%A9%0A"),
            ("/!$&'()*+,;=:@_-.", "file:///!$&'()*+,;=:@_-."),
        ] {
            assert_eq!(to_file_url_text(path), url);
            assert_eq!(to_file_url(Path::new(path)).as_str(), url);
            assert_eq!(
                from_file_url(&Url::parse(url).unwrap()).unwrap(),
                Path::new(path)
            );
        }
    }
}
