//! What can go wrong while a module is looked for, with the codes and the texts that Node gives each case. The loader
//! turns these into JavaScript errors in one place.

use thiserror::Error;

/// The JavaScript class of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// `Error`
    Error,
    /// `TypeError`
    TypeError,
    /// `RangeError`
    RangeError,
}

/// The field of package.json that a target stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `exports`
    Exports,
    /// `imports`
    Imports,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::Exports => "exports",
            Self::Imports => "imports",
        }
    }
}

/// A failed resolution. `Display` is Node's message.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ResolveError {
    /// `require` found nothing.
    #[error("Cannot find module '{request}'{}", require_stack_text(.stack))]
    CommonJsNotFound {
        /// As it was written.
        request: String,
        /// File names from the requiring module up to the main one.
        stack: Vec<String>,
    },
    /// `require` found a package whose `main`, and whose index, lead nowhere.
    #[error(
        "Cannot find module '{main}'. Please verify that the package.json has a valid \"main\" entry"
    )]
    MainNotFound {
        /// The path that `main` gives.
        main: String,
        /// The package.json.
        path: String,
        /// As it was written.
        request: String,
    },
    /// `require` followed `exports` or `imports` to a file that isn't there.
    #[error("Cannot find module '{target}'")]
    TargetNotFound {
        /// The file, or the specifier where none could be made of it.
        target: String,
        /// The package that named it.
        path: Option<String>,
    },
    /// `import` found no such file.
    #[error("Cannot find module '{path}' imported from {base}{}", hint_text(.hint))]
    ModuleNotFound {
        /// The file.
        path: String,
        /// The importing module.
        base: String,
        /// The file's URL.
        url: String,
        /// What `require` would have found.
        hint: Option<String>,
    },
    /// `import` found no such package, or nothing that its package.json promises.
    #[error("Cannot find package '{package}' imported from {base}{}", hint_text(.hint))]
    PackageNotFound {
        /// The package's name or the file it should have had.
        package: String,
        /// The importing module.
        base: String,
        /// What `require` would have found.
        hint: Option<String>,
    },
    /// A package has `exports`, and not this.
    #[error("{}", not_exported_text(.package_json, .subpath, .base))]
    PathNotExported {
        /// Path of the package.json.
        package_json: String,
        /// `.` or `./…`.
        subpath: String,
        /// The importing module, for `import`.
        base: Option<String>,
    },
    /// A `#…` specifier that the package doesn't define.
    #[error("Package import specifier \"{specifier}\" is not defined{}{}",
        .package_json.as_ref().map(|path| format!(" in package {path}")).unwrap_or_default(),
        imported_from(.base))]
    ImportNotDefined {
        /// As it was written.
        specifier: String,
        /// Path of the package.json, if the importing module has one.
        package_json: Option<String>,
        /// The importing module.
        base: Option<String>,
    },
    /// A target in package.json that leads outside of the package or isn't a path.
    #[error("{}", invalid_target_text(.package_json, .key, .target, *.field, .base, *.is_string))]
    InvalidTarget {
        /// Path of the package.json.
        package_json: String,
        /// The key or the specifier that led to the target.
        key: String,
        /// The target, as JSON.
        target: String,
        /// Whether it is a string in the file.
        is_string: bool,
        /// Where it stands.
        field: Field,
        /// The importing module, for `import`.
        base: Option<String>,
    },
    /// A package.json that can't be understood.
    #[error("Invalid package config {path}{}.{}",
        .base.as_ref().map(|base| format!(" while importing {base}")).unwrap_or_default(),
        .reason.as_ref().map(|reason| format!(" {reason}")).unwrap_or_default())]
    InvalidPackageConfig {
        /// The package.json.
        path: String,
        /// Who wanted it.
        base: Option<String>,
        /// What is wrong, where it isn't the JSON itself.
        reason: Option<String>,
    },
    /// A specifier that can't name a module.
    #[error("Invalid module \"{specifier}\" {reason}{}", imported_from(.base))]
    InvalidSpecifier {
        /// The specifier.
        specifier: String,
        /// What is wrong.
        reason: String,
        /// The importing module.
        base: Option<String>,
    },
    /// `import` of a directory.
    #[error("Directory import '{path}' is not supported resolving ES modules imported from {base}{}", hint_text(.hint))]
    DirectoryImport {
        /// The directory.
        path: String,
        /// The importing module.
        base: String,
        /// The directory's URL.
        url: String,
        /// What `require` would have found.
        hint: Option<String>,
    },
    /// `import` of a file whose extension says nothing.
    #[error("Unknown file extension \"{extension}\" for {path}")]
    UnknownExtension {
        /// With its dot.
        extension: String,
        /// The file.
        path: String,
    },
    /// `node:…` that isn't there.
    #[error("No such built-in module: {0}")]
    UnknownBuiltin(String),
    /// A URL that the loader has no means to read.
    #[error("Only URLs with a scheme in: {} are supported by the default ESM loader. Received protocol '{protocol}'",
        if matches!(.protocol.as_str(), "http:" | "https:") { "file and data" } else { "file, data, and node" })]
    UnsupportedScheme {
        /// With its colon.
        protocol: String,
    },
    /// A relative or bare specifier in a module that has no place in the file system.
    #[error("Failed to resolve module specifier \"{specifier}\" from \"{base}\": {reason}")]
    UnsupportedRequest {
        /// As it was written.
        specifier: String,
        /// URL of the importing module.
        base: String,
        /// Why.
        reason: &'static str,
    },
    /// `file://host/…`.
    #[error(
        "File URL host must be \"localhost\" or empty on {}",
        crate::modules::paths::PLATFORM
    )]
    InvalidFileUrlHost {
        /// The URL.
        input: String,
    },
    /// A file URL that gives no path on this platform.
    #[error("File URL path {0}")]
    InvalidFileUrlPath(&'static str),
    /// Text that isn't a URL where one is needed.
    #[error("Invalid URL")]
    InvalidUrl {
        /// The text.
        input: String,
    },
    /// A data: URL of a type that isn't a module.
    #[error("Unknown module format: {format} for URL {url}")]
    UnknownFormat {
        /// The media type.
        format: String,
        /// The URL.
        url: String,
    },
}

impl ResolveError {
    /// Node's `error.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CommonJsNotFound { .. }
            | Self::MainNotFound { .. }
            | Self::TargetNotFound { .. } => "MODULE_NOT_FOUND",
            Self::ModuleNotFound { .. } | Self::PackageNotFound { .. } => "ERR_MODULE_NOT_FOUND",
            Self::PathNotExported { .. } => "ERR_PACKAGE_PATH_NOT_EXPORTED",
            Self::ImportNotDefined { .. } => "ERR_PACKAGE_IMPORT_NOT_DEFINED",
            Self::InvalidTarget { .. } => "ERR_INVALID_PACKAGE_TARGET",
            Self::InvalidPackageConfig { .. } => "ERR_INVALID_PACKAGE_CONFIG",
            Self::InvalidSpecifier { .. } => "ERR_INVALID_MODULE_SPECIFIER",
            Self::DirectoryImport { .. } => "ERR_UNSUPPORTED_DIR_IMPORT",
            Self::UnknownExtension { .. } => "ERR_UNKNOWN_FILE_EXTENSION",
            Self::UnknownBuiltin(_) => "ERR_UNKNOWN_BUILTIN_MODULE",
            Self::UnsupportedScheme { .. } => "ERR_UNSUPPORTED_ESM_URL_SCHEME",
            Self::UnsupportedRequest { .. } => "ERR_UNSUPPORTED_RESOLVE_REQUEST",
            Self::InvalidFileUrlHost { .. } => "ERR_INVALID_FILE_URL_HOST",
            Self::InvalidFileUrlPath(_) => "ERR_INVALID_FILE_URL_PATH",
            Self::InvalidUrl { .. } => "ERR_INVALID_URL",
            Self::UnknownFormat { .. } => "ERR_UNKNOWN_MODULE_FORMAT",
        }
    }

    /// The class of the JavaScript error.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::ImportNotDefined { .. }
            | Self::InvalidSpecifier { .. }
            | Self::UnknownExtension { .. }
            | Self::UnsupportedRequest { .. }
            | Self::InvalidFileUrlHost { .. }
            | Self::InvalidFileUrlPath(_)
            | Self::InvalidUrl { .. } => ErrorClass::TypeError,
            Self::UnknownFormat { .. } => ErrorClass::RangeError,
            _ => ErrorClass::Error,
        }
    }

    /// Further properties of the JavaScript error, in order (`requireStack` apart).
    #[must_use]
    pub fn properties(&self) -> Vec<(&'static str, &str)> {
        match self {
            Self::MainNotFound { path, request, .. } => {
                vec![("path", path), ("requestPath", request)]
            }
            Self::TargetNotFound {
                path: Some(path), ..
            } => vec![("path", path)],
            Self::ModuleNotFound { url, .. } | Self::DirectoryImport { url, .. } => {
                vec![("url", url)]
            }
            Self::InvalidFileUrlHost { input } | Self::InvalidUrl { input } => {
                vec![("input", input)]
            }
            _ => Vec::new(),
        }
    }
}

fn require_stack_text(stack: &[String]) -> String {
    if stack.is_empty() {
        return String::new();
    }
    format!("\nRequire stack:\n- {}", stack.join("\n- "))
}

fn hint_text(hint: &Option<String>) -> String {
    hint.as_ref()
        .map(|hint| format!("\nDid you mean to import \"{hint}\"?"))
        .unwrap_or_default()
}

fn imported_from(base: &Option<String>) -> String {
    base.as_ref()
        .map(|base| format!(" imported from {base}"))
        .unwrap_or_default()
}

fn not_exported_text(package_json: &str, subpath: &str, base: &Option<String>) -> String {
    let from = imported_from(base);
    if subpath == "." {
        format!("No \"exports\" main defined in {package_json}{from}")
    } else {
        format!("Package subpath '{subpath}' is not defined by \"exports\" in {package_json}{from}")
    }
}

fn invalid_target_text(
    package_json: &str,
    key: &str,
    target: &str,
    field: Field,
    base: &Option<String>,
    is_string: bool,
) -> String {
    let hint = if is_string
        && field == Field::Exports
        && target != "\"\""
        && !target.starts_with("\"./")
    {
        "; targets must start with \"./\""
    } else {
        ""
    };
    let from = imported_from(base);
    if key == "." {
        format!(
            "Invalid \"exports\" main target {target} defined in the package config {package_json}{from}{hint}"
        )
    } else {
        let field = field.name();
        format!(
            "Invalid \"{field}\" target {target} defined for '{key}' in the package config {package_json}{from}{hint}"
        )
    }
}
