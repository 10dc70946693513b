//! What is in directories: `readdir`, `opendir`. A large listing comes in parts: the pool reads directories while script's thread
//! makes values of what they had before.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsArgs, JsResult, JsValue, object::builtins::JsArray};

use super::{
    operations,
    walk::{Found, Walk, Walking},
};
use crate::node::{
    arguments::boolean,
    buffer::Encoding,
    fs::{
        args::{self, Options, Shape, Use},
        error::FsError,
        request::{Form, Request, Values},
        stats::Dirents,
        sys,
    },
};
use crate::runtime::State;

operations! {
    Readdir "readdir" callback 2 after 1 => readdir;
    Opendir "opendir" callback 2 after 2 => opendir;
}

fn readdir(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(1), context)?;
    let path = args::path(args.get_or_undefined(0), "path", Use::Read, context)?;
    let recursive = options.get("recursive", context)?;
    let recursive =
        !recursive.is_null_or_undefined() && boolean(&recursive, "options.recursive", context)?;
    let with_types = options.flag("withFileTypes", context)?;
    let shape = options.shape(Shape::Text(Encoding::Utf8));
    // Node's three forms differ where there is something below.
    let is_promise = form == Form::Promise;
    let walk = Walk {
        recursive,
        with_types,
        follows_links: !(with_types && is_promise),
        last_first: is_promise,
    };
    let listing = Listing::new(with_types, shape);
    let result = listing.clone();
    Ok(Request::in_parts(
        move |give| {
            let mut walking = Walking::new(path, walk);
            while !walking.is_over() {
                give(walking.part(PART)?);
            }
            Ok(())
        },
        move |found, context| listing.add(&found, context),
        move |context| result.give(context),
    ))
}

/// How many entries are found before values are made of them.
const PART: usize = 8192;

/// What script is given of a listing, which may be made in parts.
#[derive(Clone)]
struct Listing {
    with_types: bool,
    shape: Shape,
    values: Rc<RefCell<JsResult<Vec<JsValue>>>>,
}

impl Listing {
    fn new(with_types: bool, shape: Shape) -> Self {
        Self {
            with_types,
            shape,
            values: Rc::new(RefCell::new(Ok(Vec::new()))),
        }
    }

    /// Adds what was found, unless there was an error before; then [`Self::give`] answers that.
    fn add(&self, found: &Found, context: &mut Context) {
        let before = self.values.replace(Ok(Vec::new()));
        let now = before.and_then(|mut values| {
            match self.with_types {
                true => self.add_dirents(&mut values, found, context)?,
                false => self.add_names(&mut values, found, context)?,
            }
            Ok(values)
        });
        *self.values.borrow_mut() = now;
    }

    /// Adds a `Dirent` of each entry.
    fn add_dirents(
        &self,
        values: &mut Vec<JsValue>,
        found: &Found,
        context: &mut Context,
    ) -> JsResult<()> {
        let maker = Dirents::new(self.shape, context)?;
        let count = values.len() + found.len();
        State::of(context).memory.expect(count * Dirents::BYTES);
        values.reserve(found.len());
        for (directory, entries) in found.directories() {
            let parent = Dirents::parent(directory.path());
            for entry in entries.iter() {
                values.push(maker.make(entry, parent.clone(), context)?);
            }
        }
        Ok(())
    }

    /// Adds the path of each entry from where the listing started.
    fn add_names(
        &self,
        values: &mut Vec<JsValue>,
        found: &Found,
        context: &mut Context,
    ) -> JsResult<()> {
        values.reserve(found.len());
        let mut path = Vec::new();
        for (directory, entries) in found.directories() {
            path.clear();
            path.extend_from_slice(directory.prefix());
            for entry in entries.iter() {
                path.truncate(directory.prefix().len());
                path.extend_from_slice(entry.name);
                values.push(self.shape.give(&path, context)?);
            }
        }
        Ok(())
    }

    /// The array of all that was added.
    fn give(&self, context: &mut Context) -> JsResult<Values> {
        let values = self.values.replace(Ok(Vec::new()))?;
        Ok(Values::One(JsArray::from_iter(values, context).into()))
    }
}

/// All entries of a directory, for `Dir` to give out one by one.
fn opendir(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(1), context)?;
    let path = args::path(args.get_or_undefined(0), "path", Use::Read, context)?;
    let recursive = options.flag("recursive", context)?;
    let shape = options.shape(Shape::Text(Encoding::Utf8));
    Ok(Request::with_values(
        move || {
            // The error names this call, and `scandir` only what is below.
            sys::scandir(&path).map_err(|error| match form {
                // Node's has no path in this form.
                Form::Sync => FsError::call("opendir")(error),
                Form::Callback | Form::Promise => FsError::at("opendir", &path)(error),
            })?;
            let walk = Walk {
                recursive,
                with_types: true,
                follows_links: false,
                last_first: false,
            };
            Walking::new(path, walk).part(usize::MAX)
        },
        move |found, context| {
            let listing = Listing::new(true, shape);
            listing.add(&found, context);
            listing.give(context)
        },
    ))
}
